#include <cstdlib>
#include <filesystem>

#include <relay/rooms/room_hub.h>

#include <unistd.h>

using namespace tessera;
using namespace tessera::relay;

namespace {

class Socket final : public service::WebSocket
{
public:
    explicit Socket(std::unique_ptr<service::WebSocketListener> owner) : listener(std::move(owner)) { listener->onOpen(*this); }
    ~Socket() override { listener->onClose(); }
    void send(service::SharedMessage message) override
    {
        if (!collab::decodeMessage(*message))
            std::abort(); // the relay never says what does not decode
    }
    [[nodiscard]] std::size_t queuedBytes() const override { return 0; }
    void close(std::uint16_t code, std::string_view) override { closeCode = code; }
    void setReading(bool) override {}

    std::unique_ptr<service::WebSocketListener> listener;
    int closeCode = 0;
};

/// A relay that lives as long as the fuzzer.
struct Relay {
    Relay()
    {
        folder = std::filesystem::temp_directory_path() / ("tessera-fuzz-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder);
        writer = LogWriter::start(loop, folder / "relay.sqlite", metrics).value();
        store = RoomStore::open(folder / "relay.sqlite", *writer).value();
        hub = std::make_unique<RoomHub>(loop, *store, clock, metrics);
    }
    ~Relay()
    {
        hub.reset();
        store.reset();
        writer.reset();
        std::filesystem::remove_all(folder);
    }
    std::uint64_t rows() { return metrics.counter("tessera_relay_updates_total", {}).value(); }

    std::filesystem::path folder;
    service::EventLoop loop;
    ManualClock clock;
    service::Metrics metrics;
    std::unique_ptr<LogWriter> writer;
    std::unique_ptr<RoomStore> store;
    std::unique_ptr<RoomHub> hub;
};

} // namespace

// The input is a conversation: (speaker, length, frame)*. An editor, a viewer and a listener share a new room. Whatever
// is said, the listener stays connected, everything sent decodes, and no update of the viewer is taken.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static Relay relay;
    static std::uint64_t count = 0;
    const RoomId room{"r" + std::to_string(++count)};
    {
        Socket editor(relay.hub->admit({room, collab::Role::editor, ShareId{"e"}, true}));
        Socket viewer(relay.hub->admit({room, collab::Role::viewer, ShareId{"v"}, true}));
        Socket listener(relay.hub->admit({room, collab::Role::editor, ShareId{"l"}, false}));
        ByteReader reader({data, size});
        while (const auto speaker = reader.readByte()) {
            const auto length = reader.readByte();
            if (!length)
                break;
            const auto frame = reader.readBytes(std::min<std::size_t>(*length, reader.remaining()));
            const std::uint64_t before = relay.rows();
            Socket& from = *speaker % 2 == 0 ? editor : viewer;
            from.listener->onBinary(*frame);
            if (&from == &viewer && relay.rows() != before)
                std::abort();
        }
        if (listener.closeCode != 0)
            std::abort();
    }
    relay.clock.advance(std::chrono::minutes{2});
    relay.loop.post([] { relay.loop.stop(); });
    relay.loop.run();
    return 0;
}
