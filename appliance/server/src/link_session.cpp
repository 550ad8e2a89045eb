#include "link_session.h"

#include <core/base/log.h>

namespace tessera::appliance {
namespace {

constexpr std::uint64_t chunkBytes = 256u << 10;

/// A refusal that says something about the relay, not about the blob.
bool isPassing(std::string_view code)
{
    return code == "busy" || code == "disk";
}

} // namespace

bool LinkSession::resume()
{
    const auto jobs = m_appliance.unsettled();
    if (!jobs) {
        log::error("link", "cannot read unsettled jobs", {{"detail", jobs.error().detail}});
        return false;
    }
    for (const Job& job : *jobs)
        tell(job);
    return true;
}

void LinkSession::tell(const Job& job)
{
    if (job.settled)
        return;
    const auto told = m_told.find(job.id);
    if (told != m_told.end() && told->second >= job.sequence)
        return;
    const auto [at, isNew] = m_pending.insert_or_assign(job.id, job);
    if (isNew)
        m_order.push_back(at->first);
}

bool LinkSession::refuse(const JobId& id, const ApplianceError& error)
{
    Job job;
    job.id = id;
    job.state = JobState::failed;
    job.error = {error.code, error.detail};
    return m_stream.write(job);
}

bool LinkSession::receive(const link::FromRelay& message)
{
    if (const auto* submit = std::get_if<link::Submit>(&message)) {
        const auto job = m_appliance.submit(submit->id, submit->request, Audience::relay);
        if (!job)
            return refuse(submit->id, job.error());
        tell(*job);
    } else if (const auto* cancel = std::get_if<link::Cancel>(&message)) {
        if (const auto job = m_appliance.cancel(cancel->id); !job)
            return refuse(cancel->id, job.error());
    } else if (const auto* watch = std::get_if<link::Watch>(&message)) {
        auto job = m_appliance.find(watch->id);
        if (!job)
            return refuse(watch->id, job.error());
        job->settled = false; // it asks because it does not know
        m_told.erase(watch->id);
        tell(*job);
    } else if (const auto* settle = std::get_if<link::Settle>(&message)) {
        m_appliance.settle(settle->id);
        m_told.erase(settle->id);
    } else if (const auto* ack = std::get_if<link::BlobAck>(&message)) {
        return acknowledge(*ack);
    }
    return true;
}

bool LinkSession::acknowledge(const link::BlobAck& ack)
{
    if (!m_transfer || m_transfer->hash != ack.hash)
        return true;
    if (ack.error) {
        log::warning("link", "the relay refused a blob", {{"hash", ack.hash}, {"code", ack.error->code}, {"detail", ack.error->detail}});
        const auto job = m_pending.find(m_transfer->job);
        const bool isResult = job != m_pending.end() && job->second.outcome.resultHash == ack.hash;
        m_transfer.reset();
        // A full disk or a busy moment does not make a finished job a failed one: it is told again over a new stream.
        if (isResult && isPassing(ack.error->code))
            return false;
        m_refused.insert_or_assign(ack.hash, *ack.error);
    } else if (ack.received >= m_transfer->total) {
        m_held.insert(ack.hash);
        m_transfer.reset();
    } else if (!m_transfer->acknowledged) {
        m_transfer->acknowledged = true;
        m_transfer->offset = ack.received;
    }
    return true;
}

/// The first blob the event names that the relay neither has nor refused; empty when the event can go.
std::string LinkSession::missingBlob(const Job& job) const
{
    for (const std::string* hash : {&job.previewHash, &job.outcome.resultHash}) {
        if (!hash->empty() && !m_held.contains(*hash) && !m_refused.contains(*hash))
            return *hash;
    }
    return {};
}

bool LinkSession::sendChunk()
{
    Transfer& transfer = *m_transfer;
    auto bytes = m_appliance.blobs().read(transfer.hash, transfer.offset, chunkBytes);
    if (!bytes) {
        m_refused.insert_or_assign(transfer.hash, JobError{"blob-unreadable", bytes.error().detail});
        m_transfer.reset();
        return true;
    }
    const std::uint64_t offset = transfer.offset;
    transfer.offset += bytes->size();
    return m_stream.write(link::BlobChunk{transfer.hash, offset, transfer.total, std::move(*bytes)});
}

bool LinkSession::sendNext(bool& didWork)
{
    didWork = true;
    if (m_transfer && m_transfer->acknowledged && m_transfer->offset < m_transfer->total)
        return sendChunk();
    for (std::size_t i = 0; i < m_order.size(); ++i) {
        const JobId id = m_order[i];
        Job& job = m_pending.at(id);
        if (const std::string missing = missingBlob(job); !missing.empty()) {
            if (m_transfer)
                continue; // one blob at a time
            const auto total = m_appliance.blobs().sizeBytes(missing);
            if (!total) {
                m_refused.insert_or_assign(missing, JobError{"blob-unreadable", total.error().detail});
                --i;
                continue;
            }
            m_transfer = Transfer{id, missing, *total, 0, false};
            return m_stream.write(link::BlobOffer{id, missing, *total});
        }
        if (m_refused.contains(job.previewHash))
            job.previewHash.clear();
        if (const auto refused = m_refused.find(job.outcome.resultHash); refused != m_refused.end()) {
            job.state = JobState::failed;
            job.outcome = {};
            job.error = {"result-refused", refused->second.code + ": " + refused->second.detail};
        }
        m_told[id] = job.sequence;
        const bool sent = m_stream.write(job);
        m_pending.erase(id);
        m_order.erase(m_order.begin() + static_cast<std::ptrdiff_t>(i));
        return sent;
    }
    didWork = false;
    return true;
}

} // namespace tessera::appliance
