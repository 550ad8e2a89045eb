#include <algorithm>
#include <map>

#include "update_codec.h"

namespace tessera::crdt {
namespace {

Block makeSkip(Id id, Clock length)
{
    Block block;
    block.item = std::make_unique<Item>();
    block.item->id = id;
    block.item->length = length;
    block.item->isDeleted = true;
    block.item->content = Content::ofKind(ContentKind::skip);
    return block;
}

/// What one of the merged updates still has to give, client by client.
struct Stream {
    std::vector<Block> blocks;
    std::size_t next = 0;
    [[nodiscard]] bool isDone() const { return next == blocks.size(); }
    [[nodiscard]] Block& head() { return blocks[next]; }
};

/// Higher clients first, then by clock.
struct Place {
    ClientId client{};
    Clock clock = 0;
    friend bool operator<(const Place& a, const Place& b)
    {
        return a.client != b.client ? a.client > b.client : a.clock < b.clock;
    }
};

/// Takes from the stream that starts first, and stays with it while it goes on without a gap. The order among equal
/// starts is that of Yjs, so that merged updates have the same cuts.
class Merger
{
public:
    explicit Merger(std::vector<Stream> streams) : m_streams(std::move(streams))
    {
        for (std::size_t i = 0; i < m_streams.size(); ++i) {
            if (!m_streams[i].isDone())
                m_order.emplace(placeOf(m_streams[i]), i);
        }
    }

    std::map<ClientId, std::vector<Block>, std::greater<>> run()
    {
        while (!m_order.empty()) {
            const std::size_t index = m_order.begin()->second;
            m_order.erase(m_order.begin());
            Stream& stream = m_streams[index];
            take(stream);
            if (!stream.isDone()) {
                const Place place = placeOf(stream);
                m_order.emplace_hint(m_order.lower_bound(place), place, index);
            }
        }
        return std::move(m_out);
    }

private:
    static Place placeOf(Stream& stream) { return {stream.head().item->id.client, stream.head().clock()}; }

    void take(Stream& stream)
    {
        const ClientId client = stream.head().item->id.client;
        std::vector<Block>& out = m_out[client];
        const auto isOfClient = [&] { return !stream.isDone() && stream.head().item->id.client == client; };
        if (!out.empty()) {
            const Clock end = out.back().end();
            bool skipped = false;
            for (; isOfClient() && stream.head().end() <= end; ++stream.next)
                skipped = true;
            if (!isOfClient() || (skipped && stream.head().clock() > end))
                return;
            if (stream.head().clock() > end) {
                out.push_back(makeSkip({client, end}, stream.head().clock() - end));
            } else if (out.back().kind() == ContentKind::gc && stream.head().kind() == ContentKind::gc) {
                out.back().item->length = stream.head().end() - out.back().clock();
                ++stream.next;
                return;
            } else {
                cutHead(stream.head(), end - stream.head().clock());
            }
        }
        do {
            out.push_back(std::move(stream.head()));
            ++stream.next;
        } while (isOfClient() && stream.head().clock() == out.back().end());
    }

    std::vector<Stream> m_streams;
    std::multimap<Place, std::size_t> m_order;
    std::map<ClientId, std::vector<Block>, std::greater<>> m_out;
};

} // namespace

UpdateData mergeUpdateData(std::vector<UpdateData> updates)
{
    UpdateData merged;
    std::vector<Stream> streams;
    for (UpdateData& update : updates) {
        Stream& stream = streams.emplace_back();
        for (auto& [client, blocks] : update.clients) {
            std::erase_if(blocks, [](const Block& block) { return block.kind() == ContentKind::skip; });
            stream.blocks.insert(stream.blocks.end(), std::make_move_iterator(blocks.begin()),
                                 std::make_move_iterator(blocks.end()));
        }
        merged.deletes.add(update.deletes);
    }
    merged.clients = Merger(std::move(streams)).run();
    merged.deletes.sortAndMerge();
    return merged;
}

void dropKnown(UpdateData& update, const StateVector& since)
{
    for (auto entry = update.clients.begin(); entry != update.clients.end();) {
        std::vector<Block>& blocks = entry->second;
        const auto known = since.find(entry->first);
        const Clock clock = known == since.end() ? 0 : known->second;
        // A block of structs never starts with a hole.
        const auto first = std::find_if(blocks.begin(), blocks.end(), [&](const Block& block) {
            return block.end() > clock && block.kind() != ContentKind::skip;
        });
        blocks.erase(blocks.begin(), first);
        if (!blocks.empty() && blocks.front().clock() < clock)
            cutHead(blocks.front(), clock - blocks.front().clock());
        entry = blocks.empty() ? update.clients.erase(entry) : std::next(entry);
    }
}

} // namespace tessera::crdt
