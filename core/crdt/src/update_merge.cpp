#include "update_merge.h"

#include <algorithm>

#include "update_encoder_v1.h"
#include "update_encoder_v2.h"
#include "update_scan_v2.h"

namespace tessera::crdt {
namespace {

/// Writes structs as they come; how many clients and structs there are is put in at the end, as nothing counts them
/// beforehand.
template <class Encoder> class StructWriter
{
public:
    explicit StructWriter(Encoder& encoder) : m_encoder(encoder), m_start(encoder.rest().size()) {}

    /// Clients one after the other, the clocks of each without a gap.
    void write(const StructView& view, Clock offset = 0)
    {
        if (m_blocks.empty() || m_blocks.back().client != view.id.client) {
            m_blocks.push_back({view.id.client, m_encoder.rest().size(), 0});
            m_encoder.beginClient(view.id.client, view.id.clock + offset);
        }
        ++m_blocks.back().structCount;
        writeStruct(m_encoder, view, offset);
    }

    void finish()
    {
        std::vector<WireWriter::Insertion> counts{{m_start, m_blocks.size()}};
        counts.reserve(m_blocks.size() + 1);
        for (const Block& block : m_blocks)
            counts.push_back({block.at, block.structCount});
        m_encoder.rest().insertVarUints(counts);
    }

private:
    struct Block {
        ClientId client{};
        std::size_t at = 0;
        std::uint64_t structCount = 0;
    };

    Encoder& m_encoder;
    std::size_t m_start;
    std::vector<Block> m_blocks;
};

/// What one of the merged updates still has to give: its structs client by client, without the holes.
template <class Cursor> class Stream
{
public:
    explicit Stream(std::span<const ScannedClient<Cursor>> clients) : m_clients(clients) { advance(); }

    [[nodiscard]] bool isDone() const { return m_isDone; }
    [[nodiscard]] bool isAt(ClientId client) const { return !m_isDone && m_head.id.client == client; }
    [[nodiscard]] const StructView& head() const { return m_head; }

    void advance()
    {
        do {
            while (!m_cursor.next(m_head)) {
                if (m_clients.empty()) {
                    m_isDone = true;
                    return;
                }
                m_cursor = m_clients.front().structs;
                m_clients = m_clients.subspan(1);
            }
        } while (m_head.kind == ContentKind::skip);
    }

private:
    std::span<const ScannedClient<Cursor>> m_clients;
    Cursor m_cursor;
    StructView m_head;
    bool m_isDone = false;
};

/// The place of a stream among the others: higher clients first, then by clock.
struct Place {
    ClientId client{};
    Clock clock = 0;
    bool isCollected = false; ///< the struct there is GC
    std::int64_t turn = 0;
    std::size_t stream = 0;

    /// As Yjs compares: a collected struct and one that is not, at the same place, both go before the other.
    [[nodiscard]] bool isBefore(const Place& other) const
    {
        if (client != other.client)
            return client > other.client;
        return clock != other.clock ? clock < other.clock : isCollected != other.isCollected;
    }
};

/// The streams in the order in which Yjs takes from them. Yjs sorts them anew for each turn, and its comparison says
/// nothing definite about a collected struct against one that is not: which of the two comes out is settled by how V8
/// sorts. That is followed as long as V8 sorts by insertion, so that the bytes are equal. More streams are kept in a
/// heap; it comes to the same where the comparison is definite.
class Turns
{
public:
    void add(Place place)
    {
        place.turn = static_cast<std::int64_t>(m_places.size());
        m_places.push_back(place);
    }
    void start()
    {
        m_isHeap = m_places.size() >= sortedByInsertionBelow;
        m_isHeap ? std::make_heap(m_places.begin(), m_places.end(), isHeapAfter) : sort();
    }

    [[nodiscard]] bool isEmpty() const { return m_places.empty(); }
    [[nodiscard]] std::size_t first() const { return m_places.front().stream; }

    /// The first stream has nothing left.
    void removeFirst()
    {
        if (m_isHeap) {
            std::pop_heap(m_places.begin(), m_places.end(), isHeapAfter);
            m_places.pop_back();
        } else {
            m_places.erase(m_places.begin());
            sort();
        }
    }
    /// The first stream goes on at `place`.
    void moveFirst(Place place)
    {
        place.turn = --m_lastTurn;
        if (m_isHeap) {
            sink(place);
        } else {
            m_places.front() = place;
            sort();
        }
    }

private:
    static constexpr std::size_t sortedByInsertionBelow = 64;

    /// Among equals the stream that was taken from last is first, then the order of the updates, as a stable sort does.
    static bool isHeapAfter(const Place& a, const Place& b)
    {
        if (a.client != b.client)
            return a.client < b.client;
        return a.clock != b.clock ? a.clock > b.clock : a.turn > b.turn;
    }

    /// Lets `place` sink from the top of the heap to where it belongs: no step when its stream still is the first.
    void sink(const Place& place)
    {
        std::size_t at = 0;
        for (std::size_t child = 1; child < m_places.size(); child = 2 * at + 1) {
            if (child + 1 < m_places.size() && isHeapAfter(m_places[child], m_places[child + 1]))
                ++child;
            if (isHeapAfter(m_places[child], place))
                break;
            m_places[at] = m_places[child];
            at = child;
        }
        m_places[at] = place;
    }

    /// The beginning of Timsort, which is all of it for a short row: the run at the front, turned around when it
    /// descends, then binary insertion of the others.
    void sort()
    {
        if (m_places.size() < 2)
            return;
        std::size_t sorted = 2;
        const bool descends = m_places[1].isBefore(m_places[0]);
        while (sorted < m_places.size() && m_places[sorted].isBefore(m_places[sorted - 1]) == descends)
            ++sorted;
        const auto begin = m_places.begin();
        if (descends)
            std::reverse(begin, begin + static_cast<std::ptrdiff_t>(sorted));
        for (; sorted < m_places.size(); ++sorted) {
            const auto next = begin + static_cast<std::ptrdiff_t>(sorted);
            auto left = begin;
            for (auto right = next; left < right;) {
                const auto middle = left + (right - left) / 2;
                if (next->isBefore(*middle))
                    right = middle;
                else
                    left = middle + 1;
            }
            std::rotate(left, next, next + 1);
        }
    }

    std::vector<Place> m_places;
    std::int64_t m_lastTurn = 0;
    bool m_isHeap = false;
};

/// Takes from the stream that starts first, and stays with it while it goes on without a gap.
template <class Encoder, class Cursor> class Merger
{
public:
    Merger(Encoder& encoder, std::span<const ScannedUpdate<Cursor>> updates) : m_writer(encoder)
    {
        m_streams.reserve(updates.size());
        for (const ScannedUpdate<Cursor>& update : updates) {
            Stream<Cursor>& stream = m_streams.emplace_back(update.clients);
            if (!stream.isDone())
                m_turns.add(placeOf(m_streams.size() - 1));
        }
    }

    void run()
    {
        for (m_turns.start(); !m_turns.isEmpty();) {
            const std::size_t index = m_turns.first();
            take(m_streams[index]);
            if (m_streams[index].isDone())
                m_turns.removeFirst();
            else
                m_turns.moveFirst(placeOf(index));
        }
        writeLast();
        m_writer.finish();
    }

private:
    [[nodiscard]] Place placeOf(std::size_t index) const
    {
        const StructView& head = m_streams[index].head();
        return {head.id.client, head.id.clock, head.kind == ContentKind::gc, 0, index};
    }

    void take(Stream<Cursor>& stream)
    {
        const ClientId client = stream.head().id.client;
        Clock offset = 0;
        if (m_hasWritten && m_client == client) {
            bool passed = false;
            for (; stream.isAt(client) && stream.head().end() <= m_end; stream.advance())
                passed = true;
            // After passing structs another stream may be nearer.
            if (!stream.isAt(client) || (passed && stream.head().id.clock > m_end))
                return;
            const StructView& head = stream.head();
            if (head.id.clock > m_end) {
                write({.id = {client, m_end}, .length = head.id.clock - m_end, .kind = ContentKind::skip}, 0);
            } else if (m_collected.length > 0 && head.kind == ContentKind::gc) {
                // The stream keeps its place, as in Yjs: what it has joined is passed on its next turn.
                m_collected.length = head.end() - m_collected.id.clock;
                m_end = head.end();
                return;
            } else {
                offset = m_end - head.id.clock;
            }
        }
        do {
            write(stream.head(), offset);
            offset = 0;
            stream.advance();
        } while (stream.isAt(client) && stream.head().id.clock == m_end);
    }

    /// Collected structs wait for one more, as they may still grow.
    void write(const StructView& view, Clock offset)
    {
        writeLast();
        m_hasWritten = true;
        m_client = view.id.client;
        m_end = view.end();
        if (view.kind == ContentKind::gc) {
            m_collected.id = {view.id.client, view.id.clock + offset};
            m_collected.length = view.length - offset;
        } else {
            m_writer.write(view, offset);
        }
    }

    void writeLast()
    {
        if (m_collected.length > 0)
            m_writer.write(m_collected);
        m_collected.length = 0;
    }

    StructWriter<Encoder> m_writer;
    std::vector<Stream<Cursor>> m_streams;
    Turns m_turns;
    StructView m_collected;      ///< GC; length 0: none waits
    bool m_hasWritten = false;
    ClientId m_client{};
    Clock m_end = 0;             ///< of what was written for m_client
};

template <class Encoder, class Cursor>
void writeClientDiff(StructWriter<Encoder>& writer, const ScannedClient<Cursor>& client, Clock known)
{
    if (client.end <= known)
        return;
    Cursor structs = client.structs;
    StructView view;
    // A block of structs never starts with a hole.
    do {
        if (!structs.next(view))
            return;
    } while (view.end() <= known || view.kind == ContentKind::skip);
    writer.write(view, known > view.id.clock ? known - view.id.clock : 0);
    while (structs.next(view))
        writer.write(view);
}

} // namespace

template <class Encoder, class Cursor>
void writeMerged(Encoder& encoder, std::span<const ScannedUpdate<Cursor>> updates, const DeleteSet& moreDeletes)
{
    Merger<Encoder, Cursor>(encoder, updates).run();
    DeleteSet deletes;
    for (const ScannedUpdate<Cursor>& update : updates)
        deletes.add(update.deletes);
    deletes.add(moreDeletes);
    deletes.sortAndMerge();
    encoder.deletes(deletes);
}

template <class Encoder, class Cursor>
void writeDiff(Encoder& encoder, const ScannedUpdate<Cursor>& update, const StateVector& known)
{
    StructWriter<Encoder> writer(encoder);
    for (const ScannedClient<Cursor>& client : update.clients) {
        const auto clock = known.find(client.client);
        writeClientDiff(writer, client, clock == known.end() ? 0 : clock->second);
    }
    writer.finish();
    encoder.deletes(update.deletes);
}

template <class Encoder, class Cursor> void writeAgain(Encoder& encoder, const ScannedUpdate<Cursor>& update)
{
    encoder.clientCount(update.clients.size());
    for (const ScannedClient<Cursor>& client : update.clients) {
        encoder.beginClient(client.client, client.firstClock, client.structCount);
        Cursor structs = client.structs;
        for (StructView view; structs.next(view);)
            writeStruct(encoder, view, 0);
    }
    encoder.deletes(update.deletes);
}

#define INSTANTIATE(Encoder, Cursor)                                                                                   \
    template void writeMerged(Encoder&, std::span<const ScannedUpdate<Cursor>>, const DeleteSet&);                     \
    template void writeDiff(Encoder&, const ScannedUpdate<Cursor>&, const StateVector&);                               \
    template void writeAgain(Encoder&, const ScannedUpdate<Cursor>&);

INSTANTIATE(UpdateEncoderV1, CursorV1)
INSTANTIATE(UpdateEncoderV1, CursorV2)
INSTANTIATE(UpdateEncoderV2, CursorV1)
INSTANTIATE(UpdateEncoderV2, CursorV2)

#undef INSTANTIATE

} // namespace tessera::crdt
