#include "relay_server.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <core/base/log.h>
#include <core/base/random.h>
#include <core/service/http_server.h>
#include <relay/gateway/gateway.h>
#include <relay/generation/link_server.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

namespace tessera::relay {

namespace {

/// Each connection is a descriptor; the usual soft limit of 1024 is too few.
void raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit); // when refused, accept() waits for free descriptors
}

/// One relay per data folder. Held until the process ends, however it ends.
class FolderLock
{
public:
    static Result<FolderLock, StartError> take(const std::filesystem::path& folder)
    {
        const std::filesystem::path file = folder / "lock";
        FolderLock lock;
        lock.m_descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (lock.m_descriptor < 0)
            return fail(StartError("cannot write " + file.string() + ": " + std::strerror(errno)));
        if (::flock(lock.m_descriptor, LOCK_EX | LOCK_NB) != 0)
            return fail(StartError("another relay uses " + folder.string()));
        return lock;
    }
    FolderLock() = default;
    FolderLock(FolderLock&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}
    FolderLock& operator=(FolderLock&& other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        return *this;
    }
    ~FolderLock()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }

private:
    int m_descriptor = -1;
};

/// A key as text on one line, made at first start.
Result<std::string, StartError> loadKeyText(const std::filesystem::path& file)
{
    const auto content = service::readOrMakeSecret(file, [] {
        Bytes random(32);
        SystemRandom{}.fill(random);
        const std::string text = toBase64Url(random) + "\n";
        return Bytes(text.begin(), text.end());
    });
    if (!content)
        return fail(StartError("cannot use " + content.error().where + ": " + content.error().detail));
    std::string text(asText(*content));
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
        text.pop_back();
    if (text.size() < 16)
        return fail(StartError("the key in " + file.string() + " is shorter than 16 characters"));
    return text;
}

StartError storageError(const SqliteError& error)
{
    return "cannot use the database " + error.where + ": " + error.detail;
}

} // namespace

struct RelayServer::Impl {
    explicit Impl(TokenKey key) : tokens(std::move(key)) {}

    /// Stops taking in, flushes, closes; ends the loop when the sockets are gone or after three seconds.
    void drain()
    {
        if (std::exchange(draining, true)) {
            loop.stop();
            return;
        }
        log::info("relay", "draining");
        http->stopAccepting();
        stopTimer.once(std::chrono::seconds{5}, [this] { loop.stop(); });
        hub->drain([this] {
            stopTimer.every(std::chrono::milliseconds{20}, [this, left = 150]() mutable {
                if (http->connectionCount() == 0 || --left == 0)
                    loop.stop();
            });
        });
    }

    // Order matters: a part uses only those above it, and goes before them.
    FolderLock lock;
    service::EventLoop loop;
    SystemClock clock;
    service::Metrics metrics;
    TokenKey tokens;
    std::unique_ptr<LogWriter> writer;
    std::unique_ptr<RoomStore> store;
    std::unique_ptr<RoomHub> hub;
    std::unique_ptr<BlobStore> blobs;
    std::unique_ptr<JobBoard> jobs;
    std::unique_ptr<Gateway> gateway;
    std::unique_ptr<service::HttpServer> http;
    std::unique_ptr<LinkServer> link;
    service::Timer stopTimer{loop};
    bool openAccess = false;
    bool draining = false;
};

RelayServer::RelayServer(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
RelayServer::~RelayServer() = default;

Result<std::unique_ptr<RelayServer>, StartError> RelayServer::start(const RelayOptions& options)
{
    const bool applianceIsLoopback = !options.applianceListen || options.applianceListen->isLoopback();
    if (options.openAccess && !(options.listen.isLoopback() && applianceIsLoopback))
        return fail(StartError("--open-access lets everybody in without a token, so it serves loopback addresses only; "
                               "listen on 127.0.0.1, or leave it out"));
    raiseDescriptorLimit();
    std::error_code error;
    std::filesystem::create_directories(options.dataFolder, error);
    if (error)
        return fail(StartError("cannot make " + options.dataFolder.string() + ": " + error.message()));
    TESSERA_TRY(lock, FolderLock::take(options.dataFolder));
    auto tokens = TokenKey::load(options.dataFolder / "relay.key");
    if (!tokens)
        return fail(StartError("cannot use " + tokens.error().where + ": " + tokens.error().detail));
    TESSERA_TRY(adminKey, loadKeyText(options.dataFolder / "admin.key"));
    TESSERA_TRY(applianceKey, loadKeyText(options.dataFolder / "appliance.key"));

    auto impl = std::make_unique<Impl>(std::move(tokens).value());
    impl->lock = std::move(lock);
    impl->openAccess = options.openAccess;
    const std::filesystem::path database = options.dataFolder / "relay.sqlite";
    auto writer = LogWriter::start(impl->loop, database, impl->metrics);
    if (!writer)
        return fail(storageError(writer.error()));
    impl->writer = std::move(writer).value();
    auto store = RoomStore::open(database, *impl->writer);
    if (!store)
        return fail(storageError(store.error()));
    impl->store = std::move(store).value();
    impl->hub = std::make_unique<RoomHub>(impl->loop, *impl->store, impl->clock, impl->metrics);
    impl->blobs = std::make_unique<BlobStore>(impl->loop, *impl->store, options.dataFolder / "blobs");
    impl->jobs = std::make_unique<JobBoard>(*impl->store, *impl->hub, *impl->blobs, impl->clock);
    if (const auto loaded = impl->jobs->load(); !loaded)
        return fail(storageError(loaded.error()));
    impl->gateway = std::make_unique<Gateway>(
        Gateway::Parts{*impl->store, *impl->hub, *impl->blobs, *impl->jobs, impl->tokens, impl->clock, impl->metrics},
        GatewayOptions{options.openAccess, adminKey, options.webFolder});

    auto http = service::HttpServer::listen(impl->loop, options.listen, {}, *impl->gateway);
    if (!http)
        return fail(StartError("cannot listen on " + http.error().where + ": " + http.error().detail));
    impl->http = std::move(http).value();
    impl->metrics.gauge("tessera_relay_connections", "Open connections, HTTP and WebSocket.",
                        [raw = impl.get()] { return static_cast<double>(raw->http->connectionCount()); });
    if (options.applianceListen) {
        const std::string relayId = contentHash(asBytes("relay:" + adminKey)).hex.substr(0, 16);
        auto link = LinkServer::start(impl->loop, *impl->jobs, {*options.applianceListen, applianceKey, relayId});
        if (!link)
            return fail(StartError("cannot listen for appliances on " + link.error().where + ": " + link.error().detail));
        impl->link = std::move(link).value();
    }
    return std::unique_ptr<RelayServer>(new RelayServer(std::move(impl)));
}

std::string RelayServer::readyLine() const
{
    const std::string appliancePort = m_impl->link ? std::to_string(m_impl->link->port()) : "null";
    return "{\"ready\":true,\"port\":" + std::to_string(m_impl->http->port()) + ",\"appliancePort\":" + appliancePort +
           ",\"pid\":" + std::to_string(::getpid()) + ",\"openAccess\":" + (m_impl->openAccess ? "true" : "false") + "}";
}

void RelayServer::run()
{
    std::signal(SIGPIPE, SIG_IGN);
    m_impl->loop.onSignals({SIGTERM, SIGINT}, [this](int) { m_impl->drain(); });
    m_impl->loop.run();
}

} // namespace tessera::relay
