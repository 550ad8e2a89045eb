// The heavy translation unit of this module: the only one that sees gRPC.
#include <relay/generation/link_server.h>

#include <set>

#include <sodium.h>

#include <core/base/log.h>

#include "link_session.cpp"

namespace tessera::relay {

namespace {

constexpr std::uint32_t protocolVersion = 1;
constexpr std::chrono::seconds helloTimeout{10};
constexpr std::chrono::seconds silenceTimeout{60};
constexpr std::chrono::seconds heartbeatAfter{20};
constexpr std::size_t maxStreams = 32;
constexpr int maxMessageBytes = 16 * 1024 * 1024;

std::string_view stateName(wire::JobState state)
{
    switch (state) {
    case wire::JOB_STATE_QUEUED: return "queued";
    case wire::JOB_STATE_RUNNING: return "running";
    case wire::JOB_STATE_DONE: return "done";
    case wire::JOB_STATE_FAILED: return "failed";
    case wire::JOB_STATE_CANCELLED: return "cancelled";
    default: return {};
    }
}

JobUpdate updateOf(const wire::JobEvent& event)
{
    return {.job = JobId{event.job_id()},
            .sequence = event.sequence(),
            .state = std::string(stateName(event.state())),
            .step = event.step(),
            .steps = event.steps(),
            .previewHash = event.preview_hash(),
            .resultHash = event.result_hash(),
            .layersJson = event.layers_json(),
            .widthPx = event.width(),
            .heightPx = event.height(),
            .errorCode = event.has_error() ? event.error().code() : std::string(),
            .errorDetail = event.has_error() ? event.error().detail() : std::string(),
            .recipeJson = event.recipe_json()};
}

} // namespace

struct LinkServer::Impl final : wire::ApplianceLink::CallbackService {
    Impl(service::EventLoop& eventLoop, JobBoard& jobBoard, LinkOptions linkOptions)
        : loop(eventLoop), board(jobBoard), options(std::move(linkOptions)), timer(eventLoop)
    {
    }

    /// gRPC's thread.
    LinkSession::Reactor* Attach(grpc::CallbackServerContext*) override
    {
        auto session = std::make_shared<LinkSession>(
            loop,
            [this, alive = alive](const std::shared_ptr<LinkSession>& from, const wire::ApplianceMessage& message) {
                if (*alive)
                    onMessage(from, message);
            },
            [this, alive = alive](const std::shared_ptr<LinkSession>& from) {
                if (*alive)
                    onGone(from);
            });
        loop.post([this, alive = alive, session] {
            if (!*alive)
                return;
            sessions.insert(session);
            if (sessions.size() > maxStreams)
                session->finish({grpc::StatusCode::RESOURCE_EXHAUSTED, "too many streams"});
        });
        return session->open();
    }

    void onMessage(const std::shared_ptr<LinkSession>& from, const wire::ApplianceMessage& message)
    {
        if (!from->isAttached)
            return onHello(from, message);
        if (current != from)
            return; // replaced; its stream is ending
        switch (message.message_case()) {
        case wire::ApplianceMessage::kEvent: {
            const JobUpdate update = updateOf(message.event());
            if (!update.state.empty()) // a state of a later version
                board.onUpdate(update);
            return;
        }
        case wire::ApplianceMessage::kBlobOffer: {
            const auto& offer = message.blob_offer();
            return board.onBlobOffer(JobId{offer.job_id()}, offer.hash(), offer.total(), offer.mime());
        }
        case wire::ApplianceMessage::kBlobChunk: {
            const auto& chunk = message.blob_chunk();
            return board.onBlobChunk(chunk.hash(), chunk.offset(), chunk.data());
        }
        default: return; // heartbeat, or something a later version says
        }
    }

    void onHello(const std::shared_ptr<LinkSession>& from, const wire::ApplianceMessage& message)
    {
        const auto& hello = message.hello();
        const std::string& key = hello.enrolment_key();
        if (!message.has_hello())
            return from->finish({grpc::StatusCode::INVALID_ARGUMENT, "the first message must be Hello"});
        if (hello.protocol() != protocolVersion)
            return from->finish({grpc::StatusCode::FAILED_PRECONDITION,
                                 "this relay speaks link protocol 1, the appliance " + std::to_string(hello.protocol())});
        if (key.size() != options.enrolmentKey.size() ||
            sodium_memcmp(key.data(), options.enrolmentKey.data(), key.size()) != 0) {
            log::warning("relay", "an appliance with a wrong enrolment key was refused");
            return from->finish({grpc::StatusCode::UNAUTHENTICATED, "the enrolment key is not this relay's"});
        }
        if (current != nullptr) {
            board.detach(*current);
            current->finish({grpc::StatusCode::ABORTED, "another stream of the appliance took over"});
        }
        current = from;
        from->isAttached = true;
        wire::RelayMessage welcome;
        welcome.mutable_welcome()->set_protocol(protocolVersion);
        welcome.mutable_welcome()->set_relay_id(options.relayId);
        from->write(std::move(welcome));
        std::vector<ModelInfo> models;
        for (const auto& model : hello.models())
            models.push_back({model.id(), model.name(), model.kind(), model.output()});
        log::info("relay", "an appliance attached",
                  {{"appliance", hello.appliance_id()}, {"version", hello.version()}});
        board.attach(*from, std::move(models));
    }

    void onGone(const std::shared_ptr<LinkSession>& session)
    {
        sessions.erase(session);
        if (current != session)
            return;
        board.detach(*session);
        current.reset();
        log::info("relay", "the appliance detached");
    }

    void tick()
    {
        const auto now = std::chrono::steady_clock::now();
        for (const auto& session : sessions) {
            if (!session->isAttached && now - session->openedAt > helloTimeout)
                session->finish({grpc::StatusCode::DEADLINE_EXCEEDED, "no Hello came"});
            else if (now - session->heardAt > silenceTimeout)
                session->finish({grpc::StatusCode::DEADLINE_EXCEEDED, "silent for too long"});
            else if (session->isAttached && now - session->wroteAt > heartbeatAfter) {
                wire::RelayMessage heartbeat;
                heartbeat.mutable_heartbeat()->set_wall_ms(SystemClock{}.wallMs());
                session->write(std::move(heartbeat));
            }
        }
    }

    service::EventLoop& loop;
    JobBoard& board;
    LinkOptions options;
    service::Timer timer;
    int port = 0;
    std::unique_ptr<grpc::Server> server;
    // The loop's.
    std::set<std::shared_ptr<LinkSession>> sessions;
    std::shared_ptr<LinkSession> current;
    /// Shared with posted callbacks: false once this is gone.
    std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

LinkServer::LinkServer(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

Result<std::unique_ptr<LinkServer>, LinkError> LinkServer::start(service::EventLoop& loop, JobBoard& board, LinkOptions options)
{
    auto impl = std::make_unique<Impl>(loop, board, std::move(options));
    const service::ListenAddress& address = impl->options.address;
    const bool isV6 = address.host.find(':') != std::string::npos;
    const std::string where = (isV6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(where, grpc::InsecureServerCredentials(), &impl->port);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0); // a port in use is an error, not shared
    builder.SetMaxReceiveMessageSize(maxMessageBytes);
    builder.RegisterService(impl.get());
    impl->server = builder.BuildAndStart();
    if (impl->server == nullptr || impl->port == 0)
        return fail(LinkError{LinkErrc::cannotListen, where, "the address is in use or not of this machine"});
    impl->timer.every(std::chrono::seconds{5}, [raw = impl.get()] { raw->tick(); });
    return std::unique_ptr<LinkServer>(new LinkServer(std::move(impl)));
}

LinkServer::~LinkServer()
{
    *m_impl->alive = false;
    m_impl->timer.cancel();
    if (m_impl->current != nullptr)
        m_impl->board.detach(*m_impl->current);
    for (const auto& session : m_impl->sessions)
        session->finish({grpc::StatusCode::UNAVAILABLE, "the relay is restarting"});
    m_impl->server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds{1});
}

std::uint16_t LinkServer::port() const { return static_cast<std::uint16_t>(m_impl->port); }

} // namespace tessera::relay
