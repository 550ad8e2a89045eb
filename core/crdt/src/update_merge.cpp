#include <algorithm>

#include "update_codec.h"

namespace tessera::crdt {
namespace {

/// What one of the merged updates still has to give for one client.
struct Stream {
    std::vector<Block> blocks;
    std::size_t next = 0;
    [[nodiscard]] bool isDone() const { return next == blocks.size(); }
    [[nodiscard]] Block& head() { return blocks[next]; }
};

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

/// The stream to go on with: the current one while it continues without a gap, else the one that starts first.
Stream* pickStream(std::vector<Stream>& streams, Stream* current, Clock end)
{
    Stream* first = nullptr;
    for (Stream& stream : streams) {
        while (!stream.isDone() && stream.head().end() <= end)
            ++stream.next;
        if (!stream.isDone() && (!first || stream.head().clock() < first->head().clock()))
            first = &stream;
    }
    if (current && !current->isDone() && current->head().clock() == end)
        return current;
    return first;
}

std::vector<Block> mergeStreams(ClientId client, std::vector<Stream> streams)
{
    std::vector<Block> out;
    Stream* current = nullptr;
    Clock end = 0;
    while (Stream* stream = pickStream(streams, current, end)) {
        Block block = std::move(stream->head());
        ++stream->next;
        if (!out.empty()) {
            if (block.clock() > end)
                out.push_back(makeSkip({client, end}, block.clock() - end));
            else
                cutHead(block, end - block.clock());
        }
        end = block.end();
        if (stream != current && !out.empty() && out.back().kind() == ContentKind::gc && block.kind() == ContentKind::gc)
            out.back().item->length += block.item->length;
        else
            out.push_back(std::move(block));
        current = stream;
    }
    return out;
}

} // namespace

UpdateData mergeUpdateData(std::vector<UpdateData> updates)
{
    UpdateData merged;
    std::map<ClientId, std::vector<Stream>> streams;
    for (UpdateData& update : updates) {
        for (auto& [client, blocks] : update.clients) {
            std::erase_if(blocks, [](const Block& block) { return block.kind() == ContentKind::skip; });
            if (!blocks.empty())
                streams[client].push_back({std::move(blocks)});
        }
        merged.deletes.add(update.deletes);
    }
    for (auto& [client, ofClient] : streams)
        merged.clients[client] = mergeStreams(client, std::move(ofClient));
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
