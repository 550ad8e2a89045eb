#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include <appliance/jobs/job.h>
#include <appliance/runtimes/generation.h>
#include <core/base/clock.h>
#include <core/base/random.h>

/// The appliance's side of the link to a relay, dialled out and dialled again for as long as the daemon lives.
/// docs: the head of link.proto. The stream is an interface, so that the order of messages is tested without a network.
namespace tessera::appliance {

class Appliance;

namespace link {

struct Hello {
    std::string enrolmentKey;
    std::string applianceId;
    std::vector<ModelInfo> models;
};
struct BlobOffer {
    JobId job;
    std::string hash;
    std::uint64_t total = 0;
};
struct BlobChunk {
    std::string hash;
    std::uint64_t offset = 0;
    std::uint64_t total = 0;
    Bytes data;
};
struct Heartbeat {};
using ToRelay = std::variant<Hello, Job, BlobOffer, BlobChunk, Heartbeat>;

struct Welcome {
    std::string relayId;
};
struct Submit {
    JobId id;
    GenerationRequest request;
};
struct Cancel {
    JobId id;
};
struct Watch {
    JobId id;
};
struct Settle {
    JobId id;
};
struct BlobAck {
    std::string hash;
    std::uint64_t received = 0;
    std::optional<JobError> error;
};
using FromRelay = std::variant<Welcome, Submit, Cancel, Watch, Settle, BlobAck, Heartbeat>;

/// One attached stream. write and read may be called at once from two threads; close from any.
class Stream
{
public:
    virtual ~Stream() = default;
    virtual bool write(const ToRelay& message) = 0; ///< false: the stream is broken
    virtual std::optional<FromRelay> read() = 0;    ///< blocks; empty: the stream has ended
    virtual void close() = 0;                       ///< makes both return
    virtual std::string endReason() = 0;            ///< after read returned empty
};
/// Dials; the stream's first read or write tells whether it worked.
using Dial = std::function<std::unique_ptr<Stream>()>;

} // namespace link

struct RelayLinkOptions {
    std::string enrolmentKey;
    std::chrono::milliseconds firstPause{200}; ///< doubling with full jitter
    std::chrono::milliseconds longestPause{30'000};
    std::chrono::milliseconds heartbeat{20'000};
    std::chrono::milliseconds silence{60'000};
};

class RelayLink
{
public:
    /// `appliance`, `clock` and `random` must outlive the link. Dials at once.
    RelayLink(Appliance& appliance, link::Dial dial, RelayLinkOptions options, const Clock& clock, Random& random);
    ~RelayLink();
    RelayLink(const RelayLink&) = delete;
    RelayLink& operator=(const RelayLink&) = delete;

private:
    void run();
    /// True when the relay said welcome before the stream ended.
    bool attach();

    Appliance& m_appliance;
    link::Dial m_dial;
    RelayLinkOptions m_options;
    const Clock& m_clock;
    Random& m_random;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopping = false;      ///< guarded
    link::Stream* m_stream = nullptr; ///< guarded; the one attached now
    std::thread m_thread;
};

/// Dials HOST:PORT by gRPC. `caFile` empty: no encryption, loopback only (the caller has checked).
[[nodiscard]] link::Dial dialByGrpc(const std::string& address, const std::string& caPem);

} // namespace tessera::appliance
