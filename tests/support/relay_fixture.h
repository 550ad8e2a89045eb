#pragma once

#include <QTemporaryDir>
#include <QtTest>

#include <functional>
#include <memory>

#include <collab/protocol/message.h>
#include <relay/rooms/room_hub.h>

/// Rooms over a real database in a temporary folder, with sockets that are only queues. Runs the loop in the test's
/// own thread until something holds.
namespace tessera::testing {

/// A socket whose peer reads when the test says so.
class FakeSocket final : public service::WebSocket
{
public:
    explicit FakeSocket(std::unique_ptr<service::WebSocketListener> listener) : m_listener(std::move(listener))
    {
        m_listener->onOpen(*this);
    }
    ~FakeSocket() override { leave(); }

    void send(service::SharedMessage message) override
    {
        if (closeCode != 0)
            return;
        m_queued += message->size();
        sent.push_back(std::move(message));
    }
    [[nodiscard]] std::size_t queuedBytes() const override { return isReading ? 0 : m_queued; }
    void close(std::uint16_t code, std::string_view reason) override
    {
        closeCode = code;
        closeReason = reason;
    }
    void setReading(bool reading) override { takesInput = reading; }

    /// The peer says something.
    void say(const collab::Message& message) { say(collab::encodeMessage(message)); }
    void say(const Bytes& frame) { m_listener->onBinary(frame); }
    /// The peer stops reading: what is sent from now on waits.
    void stopReading()
    {
        isReading = false;
        m_queued = 0;
    }
    void readOn()
    {
        isReading = true;
        m_queued = 0;
        m_listener->onSent();
    }
    void leave()
    {
        if (m_listener)
            m_listener->onClose();
        m_listener.reset();
    }
    template <class M> [[nodiscard]] std::vector<M> heard() const
    {
        std::vector<M> all;
        for (const auto& frame : sent)
            if (auto message = collab::decodeMessage(*frame); message && std::holds_alternative<M>(*message))
                all.push_back(std::get<M>(*message));
        return all;
    }

    std::vector<service::SharedMessage> sent;
    std::uint16_t closeCode = 0;
    std::string closeReason;
    bool takesInput = true;
    bool isReading = true;

private:
    std::unique_ptr<service::WebSocketListener> m_listener;
    std::size_t m_queued = 0;
};

class RelayFixture
{
public:
    explicit RelayFixture(const relay::RoomLimits& limits = {}) : limits(limits) { open(); }
    ~RelayFixture() { close(); }

    void open()
    {
        const std::filesystem::path file = folder.path().toStdString() + "/relay.sqlite";
        metrics = std::make_unique<service::Metrics>();
        writer = relay::LogWriter::start(loop, file, *metrics).value();
        store = relay::RoomStore::open(file, *writer).value();
        hub = std::make_unique<relay::RoomHub>(loop, *store, clock, *metrics, limits);
    }
    void close()
    {
        hub.reset();
        store.reset();
        writer.reset();
    }
    /// Runs the loop until `condition` holds; false after five seconds.
    [[nodiscard]] bool until(const std::function<bool()>& condition)
    {
        bool held = false;
        int left = 5000;
        service::Timer timer(loop);
        timer.every(std::chrono::milliseconds{1}, [&] {
            held = condition();
            if (held || --left == 0)
                loop.stop();
        });
        loop.run();
        return held;
    }
    /// Everything given to the log so far is on disk and told.
    void flush()
    {
        bool done = false;
        writer->run([](service::Database&) -> Result<void, service::SqliteError> { return {}; }, [&](auto) { done = true; });
        QVERIFY(until([&] { return done; }));
    }
    [[nodiscard]] FakeSocket join(const char* room, collab::Role role = collab::Role::editor, bool extensions = false)
    {
        return FakeSocket(hub->admit({RoomId{room}, role, relay::ShareId{"share"}, extensions}));
    }
    [[nodiscard]] double metric(std::string_view name) const
    {
        const std::string text = metrics->text();
        const std::size_t at = text.find("\n" + std::string(name) + " ");
        return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
    }

    QTemporaryDir folder;
    relay::RoomLimits limits;
    service::EventLoop loop;
    ManualClock clock;
    std::unique_ptr<service::Metrics> metrics;
    std::unique_ptr<relay::LogWriter> writer;
    std::unique_ptr<relay::RoomStore> store;
    std::unique_ptr<relay::RoomHub> hub;
};

/// A document that hands out its updates.
class Author
{
public:
    explicit Author(std::uint64_t client) : doc({crdt::ClientId{client}})
    {
        m_subscription = doc.onUpdate([this](ByteView update, const crdt::Origin&, bool) {
            updates.emplace_back(update.begin(), update.end());
        });
    }
    /// The update that appending `text` makes.
    const Bytes& type(std::string_view text)
    {
        doc.transact("", [&](crdt::Transaction& transaction) {
            crdt::Text target = doc.text("t");
            target.insert(transaction, target.size(), text);
        });
        return updates.back();
    }
    void receive(const FakeSocket& socket)
    {
        for (const auto& step2 : socket.heard<collab::SyncStep2>())
            QVERIFY(doc.applyUpdate(step2.update).hasValue());
        for (const auto& update : socket.heard<collab::SyncUpdate>())
            QVERIFY(doc.applyUpdate(update.update).hasValue());
    }
    [[nodiscard]] std::string text() { return doc.text("t").toString(); }

    crdt::Doc doc;
    std::vector<Bytes> updates;

private:
    crdt::Doc::Subscription m_subscription;
};

} // namespace tessera::testing
