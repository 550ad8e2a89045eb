#include "ack_tracker.h"

#include <algorithm>

namespace tessera::collab {

namespace {

constexpr std::size_t maxSentEntries = 4096;

} // namespace

void AckTracker::messageSent()
{
    ++m_sentMessages;
    if (m_unsent == 0)
        return;
    if (m_sent.size() < maxSentEntries)
        m_sent.push_back({});
    m_sent.back().message = m_sentMessages;
    m_sent.back().updates += m_unsent;
    m_unacknowledged += m_unsent;
    m_unsent = 0;
}

bool AckTracker::acknowledge(std::uint64_t messageCount)
{
    if (messageCount > m_sentMessages)
        return false;
    m_ackedMessages = std::max(m_ackedMessages, messageCount);
    while (!m_sent.empty() && m_sent.front().message <= m_ackedMessages) {
        m_unacknowledged -= m_sent.front().updates;
        m_sent.pop_front();
    }
    return true;
}

void AckTracker::connectionEnded()
{
    m_unsent += m_unacknowledged;
    m_unacknowledged = 0;
    m_sent.clear();
    m_sentMessages = 0;
    m_ackedMessages = 0;
}

} // namespace tessera::collab
