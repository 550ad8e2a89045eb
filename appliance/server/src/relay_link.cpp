#include <appliance/server/relay_link.h>

#include <algorithm>

#include <appliance/server/appliance.h>
#include <core/base/log.h>

#include "link_session.h"

namespace tessera::appliance {
namespace {

using namespace std::chrono_literals;

/// What the reading thread has for the sending one, bounded: a relay that floods waits.
struct Inbox {
    static constexpr std::size_t maxMessages = 256;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<link::FromRelay> messages;
    bool ended = false;
    bool nudged = false; ///< a job changed

    void nudge()
    {
        const std::lock_guard lock(mutex);
        nudged = true;
        changed.notify_all();
    }
};

void readAll(link::Stream& stream, Inbox& inbox)
{
    for (;;) {
        auto message = stream.read();
        std::unique_lock lock(inbox.mutex);
        if (message) {
            inbox.changed.wait(lock, [&] { return inbox.messages.size() < Inbox::maxMessages || inbox.ended; });
            if (!inbox.ended)
                inbox.messages.push_back(std::move(*message));
        } else {
            inbox.ended = true;
        }
        inbox.changed.notify_all();
        if (inbox.ended)
            return;
    }
}

} // namespace

RelayLink::RelayLink(Appliance& appliance, link::Dial dial, RelayLinkOptions options, const Clock& clock, Random& random)
    : m_appliance(appliance), m_dial(std::move(dial)), m_options(std::move(options)), m_clock(clock), m_random(random),
      m_thread([this] { run(); })
{
}

RelayLink::~RelayLink()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        if (m_stream != nullptr)
            m_stream->close();
        m_changed.notify_all();
    }
    m_thread.join();
}

void RelayLink::run()
{
    auto ceiling = m_options.firstPause;
    for (;;) {
        if (attach())
            ceiling = m_options.firstPause;
        const auto pause = std::chrono::milliseconds(m_random.below(static_cast<std::uint64_t>(ceiling.count()) + 1));
        ceiling = std::min(ceiling * 2, m_options.longestPause);
        std::unique_lock lock(m_mutex);
        if (m_changed.wait_for(lock, pause, [this] { return m_stopping; }))
            return;
    }
}

bool RelayLink::attach()
{
    const auto stream = m_dial();
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping)
            return false;
        m_stream = stream.get();
    }
    const auto inbox = std::make_shared<Inbox>();
    const auto subscription = m_appliance.feed().subscribe(std::nullopt, [inbox] { inbox->nudge(); });
    std::thread reader([&] { readAll(*stream, *inbox); });

    LinkSession session(m_appliance, *stream);
    bool welcomed = false, broken = !stream->write(link::Hello{m_options.enrolmentKey, m_appliance.id(), m_appliance.models()});
    auto heard = m_clock.now(), said = heard;
    while (!broken) {
        std::optional<link::FromRelay> message;
        {
            std::unique_lock lock(inbox->mutex);
            inbox->changed.wait_for(lock, 1s, [&] { return inbox->nudged || inbox->ended || !inbox->messages.empty(); });
            inbox->nudged = false;
            if (!inbox->messages.empty()) {
                message = std::move(inbox->messages.front());
                inbox->messages.pop_front();
                inbox->nudged = !inbox->messages.empty();
                inbox->changed.notify_all();
            } else if (inbox->ended) {
                break;
            }
        }
        const auto now = m_clock.now();
        if (message) {
            heard = now;
            if (const auto* welcome = std::get_if<link::Welcome>(&*message); welcome && !welcomed) {
                welcomed = true;
                log::info("link", "attached", {{"relay", welcome->relayId}});
                broken = !session.resume();
            } else if (welcomed) {
                broken = !session.receive(*message);
            }
        }
        while (auto changed = subscription->next(0ms))
            session.tell(*changed);
        if (welcomed && !broken) {
            bool didWork = false;
            broken = !session.sendNext(didWork);
            if (didWork) {
                said = now;
                inbox->nudge();
            } else if (now - said >= m_options.heartbeat) {
                said = now;
                broken = !stream->write(link::Heartbeat{});
            }
        }
        if (now - heard >= m_options.silence) {
            log::warning("link", "the relay is silent");
            break;
        }
    }
    stream->close();
    {
        const std::lock_guard lock(inbox->mutex);
        inbox->ended = true;
        inbox->changed.notify_all();
    }
    reader.join();
    log::info("link", "detached", {{"reason", stream->endReason()}});
    const std::lock_guard lock(m_mutex);
    m_stream = nullptr;
    return welcomed;
}

} // namespace tessera::appliance
