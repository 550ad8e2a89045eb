#pragma once

#include <deque>
#include <map>
#include <set>

#include <appliance/server/appliance.h>
#include <appliance/server/relay_link.h>

/// What is told to the relay and in which order, over one attached stream: blobs before the event that names them, the
/// newest event of a job instead of older ones, one blob at a time in chunks. One thread.
namespace tessera::appliance {

class LinkSession
{
public:
    LinkSession(Appliance& appliance, link::Stream& stream) : m_appliance(appliance), m_stream(stream) {}

    /// After welcome: everything unsettled goes out again.
    bool resume();
    bool receive(const link::FromRelay& message);
    /// A job changed. Jobs that no relay waits for are left out.
    void tell(const Job& job);
    /// Sends one message if one is due; false when the stream broke. `didWork` says whether there may be more.
    bool sendNext(bool& didWork);

private:
    struct Transfer {
        JobId job;
        std::string hash;
        std::uint64_t total = 0;
        std::uint64_t offset = 0;
        bool acknowledged = false; ///< the relay said from where to go on
    };
    bool refuse(const JobId& id, const ApplianceError& error);
    /// False when the stream has to be dialled again: the relay cannot take a result now.
    bool acknowledge(const link::BlobAck& ack);
    [[nodiscard]] std::string missingBlob(const Job& job) const;
    bool sendChunk();

    Appliance& m_appliance;
    link::Stream& m_stream;
    std::map<JobId, Job> m_pending;
    std::deque<JobId> m_order;
    std::set<std::string> m_held;              ///< blobs the relay has
    std::map<std::string, JobError> m_refused; ///< blobs the relay does not want
    std::map<JobId, std::uint64_t> m_told;
    std::optional<Transfer> m_transfer;
};

} // namespace tessera::appliance
