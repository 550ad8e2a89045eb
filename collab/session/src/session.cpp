#include <collab/session/session.h>

#include <algorithm>
#include <cmath>

#include <core/base/log.h>

#include "document_sync.h"
#include "presence_channel.h"

namespace tessera::collab {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds steadyAfter{5'000};      ///< live for so long: the next backoff starts small again
constexpr milliseconds forgiveAfter{60'000};    ///< open for so long: earlier protocol errors are forgotten
constexpr milliseconds deniedCloseWait{2'000};  ///< a relay that denies closes by itself within this
constexpr int maxProtocolErrors = 3;
constexpr int maxBackoffDoublings = 16;

/// Short whatever the host is called.
std::string recordKey(const ShareLink& link) { return "sync " + contentHash(asBytes(linkForLog(link))).hex; }

} // namespace

struct Session::Impl {
    Impl(Session& session, crdt::Doc& document, Transport& socket, Scheduler& timers, Random& numbers,
         SyncRecordStore* store, SessionCallbacks told, SessionOptions settings)
        : listener(session), doc(document), transport(socket), scheduler(timers), random(numbers),
          callbacks(std::move(told)), options(std::move(settings)),
          sync(doc, scheduler, store, options,
               {.send = [this](Bytes frame) { transport.send(std::move(frame)); },
                .bufferedBytes = [this] { return transport.bufferedBytes(); },
                .syncStateChanged =
                    [this](const SyncState& state) {
                        if (callbacks.syncStateChanged)
                            callbacks.syncStateChanged(state);
                    },
                .tooLarge = [this] { giveUp(DeniedReason::tooLarge, "the document is too large for one message"); }}),
          presence(scheduler, options.presenceInterval,
                   {.send = [this](Bytes frame) { transport.send(std::move(frame)); },
                    .isCongested = [this] { return transport.bufferedBytes() > options.maxBufferedBytes; },
                    .peersChanged =
                        [this] {
                            if (callbacks.peersChanged)
                                callbacks.peersChanged();
                        }})
    {
    }

    void connect();
    void opened();
    void closed(const TransportClosed& closed);
    void message(ByteView frame);
    void dispatch(const Message& message);
    void setRole(Role role);
    void becomeLiveIfExchanged();
    void watchLiveness();
    void checkLiveness();

    /// Ends the connection from our side and goes on as after any loss.
    void drop(CloseCode code, const std::string& reason);
    void protocolTrouble(const std::string& what);
    void giveUp(DeniedReason reason, const std::string& what);
    void waitAndRetry();
    /// False when a callback started or stopped the session meanwhile.
    [[nodiscard]] bool forgetConnection();
    [[nodiscard]] DeniedReason denialBy(const TransportClosed& closed) const;
    [[nodiscard]] milliseconds nextBackoff();
    void setState(ConnectionState next);
    [[nodiscard]] bool mayEdit() const { return !role || canEdit(*role); }
    [[nodiscard]] auto now() const { return scheduler.clock().now(); }

    TransportListener& listener;
    crdt::Doc& doc;
    Transport& transport;
    Scheduler& scheduler;
    Random& random;
    SessionCallbacks callbacks;
    SessionOptions options;
    DocumentSync sync;
    PresenceChannel presence;

    ShareLink link;
    ConnectionState state = ConnectionState::offline;
    DeniedReason denied = DeniedReason::none;
    std::string lastError;
    std::string authReason;     ///< of an auth message on this connection
    std::optional<Role> role;
    bool isOpen = false;
    bool hasPermission = false; ///< message 101 came over this connection
    int attempt = 0;
    int protocolErrors = 0;
    std::uint64_t epoch = 0;    ///< counts start() and stop()
    std::chrono::steady_clock::time_point openedAt{};
    std::chrono::steady_clock::time_point liveAt{};
    std::chrono::steady_clock::time_point heardAt{};
    std::optional<std::chrono::steady_clock::time_point> pingedAt;
    std::chrono::steady_clock::time_point retryAt{};
    Scheduler::Timer openTimer;
    Scheduler::Timer livenessTimer;
    Scheduler::Timer retryTimer;
    Scheduler::Timer deniedTimer;
};

Session::Session(crdt::Doc& doc, Transport& transport, Scheduler& scheduler, Random& random, SyncRecordStore* store,
                 SessionCallbacks callbacks, SessionOptions options)
    : m_impl(std::make_unique<Impl>(*this, doc, transport, scheduler, random, store, std::move(callbacks),
                                    std::move(options)))
{
}

Session::~Session()
{
    m_impl->callbacks = {};
    stop();
}

void Session::start(const ShareLink& link)
{
    const bool isSameLink = link == m_impl->link;
    stop();
    m_impl->link = link;
    m_impl->denied = DeniedReason::none;
    m_impl->attempt = m_impl->protocolErrors = 0;
    m_impl->lastError.clear();
    if (!isSameLink)
        m_impl->role.reset();
    m_impl->sync.setRoom(recordKey(link));
    m_impl->sync.setMayEdit(m_impl->mayEdit(), false);
    m_impl->connect();
}

void Session::stop()
{
    ++m_impl->epoch;
    m_impl->retryTimer.reset();
    m_impl->presence.leave();
    m_impl->transport.close(static_cast<std::uint16_t>(CloseCode::normal), "");
    if (m_impl->forgetConnection())
        m_impl->setState(ConnectionState::offline);
    m_impl->sync.saveRecord();
}

void Session::retryNow()
{
    if (m_impl->state == ConnectionState::waiting)
        m_impl->connect();
}

ConnectionState Session::connection() const { return m_impl->state; }
DeniedReason Session::deniedReason() const { return m_impl->denied; }
const std::string& Session::lastError() const { return m_impl->lastError; }
const ShareLink& Session::link() const { return m_impl->link; }
std::optional<Role> Session::role() const { return m_impl->role; }
bool Session::mayEdit() const { return m_impl->mayEdit(); }
SyncState Session::syncState() const { return m_impl->sync.state(); }
void Session::setPresence(std::optional<Presence> presence) { m_impl->presence.setLocal(std::move(presence)); }
const std::vector<Peer>& Session::peers() const { return m_impl->presence.peers(); }

milliseconds Session::retryIn() const
{
    if (m_impl->state != ConnectionState::waiting)
        return milliseconds{0};
    return std::max(milliseconds{0}, std::chrono::duration_cast<milliseconds>(m_impl->retryAt - m_impl->now()));
}

void Session::transportOpened() { m_impl->opened(); }
void Session::transportMessage(ByteView frame) { m_impl->message(frame); }
void Session::transportClosed(const TransportClosed& closed) { m_impl->closed(closed); }
void Session::transportPong() { m_impl->heardAt = m_impl->now(); }

void Session::Impl::connect()
{
    retryTimer.reset();
    openTimer = scheduler.after(options.openTimeout, [this] {
        drop(CloseCode::goingAway, "no answer from " + authority(link));
    });
    transport.open(link, listener);
    setState(ConnectionState::connecting);
}

void Session::Impl::opened()
{
    openTimer.reset();
    isOpen = true;
    hasPermission = false;
    openedAt = heardAt = now();
    sync.opened();
    presence.opened(doc.clientId());
    watchLiveness();
    setState(ConnectionState::syncing);
}

void Session::Impl::message(ByteView frame)
{
    heardAt = now();
    const auto decoded = decodeMessage(frame);
    if (decoded) {
        dispatch(*decoded);
    } else if (decoded.error() == DecodeError{DecodeErrc::unknownTag, 0}) {
        log::write(log::Level::debug, "collab", "skipped a message of a newer relay");
    } else {
        protocolTrouble("the relay sent a broken message: " + describe(decoded.error()));
    }
}

void Session::Impl::dispatch(const Message& message)
{
    if (const auto* step1 = std::get_if<SyncStep1>(&message)) {
        sync.receiveStep1(step1->stateVector);
        becomeLiveIfExchanged();
    } else if (const auto* step2 = std::get_if<SyncStep2>(&message)) {
        if (const auto applied = sync.receiveStep2(step2->update); !applied) {
            protocolTrouble("the relay sent a broken document: " + describe(applied.error()));
            return;
        }
        if (!hasPermission) // ours says the role before anything else
            sync.setAckMode(AckMode::none);
        becomeLiveIfExchanged();
    } else if (const auto* update = std::get_if<SyncUpdate>(&message)) {
        if (const auto applied = sync.receiveUpdate(update->update); !applied)
            protocolTrouble("the relay sent a broken update: " + describe(applied.error()));
    } else if (const auto* awareness = std::get_if<AwarenessMessage>(&message)) {
        presence.receive(awareness->update);
    } else if (const auto* auth = std::get_if<AuthDenied>(&message)) {
        authReason = auth->reason.empty() ? "access denied" : auth->reason;
        deniedTimer = scheduler.after(deniedCloseWait, [this] { giveUp(DeniedReason::noRight, authReason); });
    } else if (std::holds_alternative<QueryAwareness>(message)) {
        presence.answerQuery();
    } else if (const auto* ack = std::get_if<DurableAck>(&message)) {
        if (!sync.receiveAck(*ack))
            protocolTrouble("the relay acknowledged more than it was sent");
    } else if (const auto* permission = std::get_if<Permission>(&message)) {
        setRole(permission->role);
    } else if (const auto* roomNotice = std::get_if<RoomNotice>(&message)) {
        if (roomNotice->code == NoticeCode::tooSlowResync)
            sync.requestResync();
        if (callbacks.notice)
            callbacks.notice(*roomNotice);
    } else if (const auto* blob = std::get_if<BlobOffer>(&message)) {
        if (callbacks.blobOffered)
            callbacks.blobOffered(*blob);
    } else if (const auto* job = std::get_if<JobEvent>(&message)) {
        if (callbacks.jobEvent)
            callbacks.jobEvent(job->json);
    }
}

void Session::Impl::setRole(Role next)
{
    hasPermission = true;
    const bool isNew = role != next;
    role = next;
    sync.setAckMode(AckMode::durable);
    sync.setMayEdit(mayEdit(), true);
    becomeLiveIfExchanged();
    if (isNew && callbacks.roleChanged)
        callbacks.roleChanged(next);
}

void Session::Impl::becomeLiveIfExchanged()
{
    if (state != ConnectionState::syncing || !sync.isExchanged())
        return;
    liveAt = now();
    lastError.clear();
    const MergeReport report = sync.mergeReport();
    setState(ConnectionState::live);
    if (callbacks.merged && (report.localUpdates > 0 || report.remoteUnits > 0))
        callbacks.merged(report);
}

/// A connection whose other end vanished without a word looks open for minutes; silence is answered by a ping, and
/// silence after that ends it.
void Session::Impl::watchLiveness()
{
    pingedAt.reset();
    livenessTimer = scheduler.after(options.quietBeforePing, [this] { checkLiveness(); });
}

void Session::Impl::checkLiveness()
{
    if (pingedAt && heardAt < *pingedAt) {
        drop(CloseCode::goingAway, authority(link) + " stopped answering");
        return;
    }
    pingedAt.reset();
    const auto quiet = std::chrono::duration_cast<milliseconds>(now() - heardAt);
    if (quiet < options.quietBeforePing) {
        livenessTimer = scheduler.after(options.quietBeforePing - quiet, [this] { checkLiveness(); });
        return;
    }
    pingedAt = now();
    transport.ping();
    livenessTimer = scheduler.after(options.pongTimeout, [this] { checkLiveness(); });
}

void Session::Impl::closed(const TransportClosed& closed)
{
    const DeniedReason reason = denialBy(closed);
    const std::string what = !authReason.empty() ? authReason : closed.detail;
    if (reason != DeniedReason::none) {
        giveUp(reason, what);
    } else if (closed.closeCode == static_cast<std::uint16_t>(CloseCode::badMessage)) {
        protocolTrouble("the relay did not understand us: " + closed.detail);
    } else {
        lastError = what.empty() ? "lost " + authority(link) : what;
        if (forgetConnection())
            waitAndRetry();
    }
}

DeniedReason Session::Impl::denialBy(const TransportClosed& closed) const
{
    switch (static_cast<CloseCode>(closed.closeCode)) {
    case CloseCode::badToken:
        return DeniedReason::badToken;
    case CloseCode::noRight:
        // An edit that crossed with the news of a reading role: come back as a reader, and keep the edit here.
        return hasPermission && !mayEdit() && sync.hasSentDocument() ? DeniedReason::none : DeniedReason::noRight;
    case CloseCode::tooBig:
        return DeniedReason::tooLarge;
    default:
        break;
    }
    if (closed.httpStatus == 401)
        return DeniedReason::badToken;
    if (closed.httpStatus == 403)
        return DeniedReason::noRight;
    if (closed.httpStatus == 400 || closed.httpStatus == 404)
        return DeniedReason::noRoom;
    return authReason.empty() ? DeniedReason::none : DeniedReason::noRight;
}

void Session::Impl::drop(CloseCode code, const std::string& reason)
{
    transport.close(static_cast<std::uint16_t>(code), reason);
    lastError = reason;
    if (forgetConnection())
        waitAndRetry();
}

void Session::Impl::protocolTrouble(const std::string& what)
{
    if (isOpen && now() - openedAt >= forgiveAfter)
        protocolErrors = 0;
    if (++protocolErrors >= maxProtocolErrors)
        giveUp(DeniedReason::protocolError, what);
    else
        drop(CloseCode::badMessage, what);
}

void Session::Impl::giveUp(DeniedReason reason, const std::string& what)
{
    transport.close(static_cast<std::uint16_t>(CloseCode::normal), "");
    denied = reason;
    lastError = what;
    if (forgetConnection())
        setState(ConnectionState::denied);
}

bool Session::Impl::forgetConnection()
{
    const std::uint64_t current = epoch;
    if (state == ConnectionState::live && now() - liveAt >= steadyAfter)
        attempt = 0;
    isOpen = hasPermission = false;
    authReason.clear();
    openTimer.reset();
    livenessTimer.reset();
    deniedTimer.reset();
    sync.closed();
    presence.closed();
    return current == epoch;
}

void Session::Impl::waitAndRetry()
{
    const milliseconds delay = nextBackoff();
    retryAt = now() + delay;
    retryTimer = scheduler.after(delay, [this] { connect(); });
    setState(ConnectionState::waiting);
}

/// Full jitter: a thousand clients that lost one relay come back spread over the whole interval.
milliseconds Session::Impl::nextBackoff()
{
    const double doubled = std::ldexp(static_cast<double>(options.backoffBase.count()), std::min(attempt, maxBackoffDoublings));
    ++attempt;
    const double bound = std::min(doubled, static_cast<double>(options.backoffCap.count()));
    return milliseconds{static_cast<milliseconds::rep>(random.unit() * bound)};
}

void Session::Impl::setState(ConnectionState next)
{
    if (next == state)
        return;
    state = next;
    if (callbacks.connectionChanged)
        callbacks.connectionChanged(next);
}

} // namespace tessera::collab
