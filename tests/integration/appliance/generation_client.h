#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A client of the Generation service, with gRPC out of the tests' own build.
namespace tessera::appliance {

struct ClientEvent {
    std::string job;
    int state = 0; ///< 1 queued, 2 running, 3 done, 4 failed, 5 cancelled
    std::uint64_t sequence = 0;
    unsigned attempt = 0;
    unsigned step = 0;
    unsigned steps = 0;
    std::string resultHash;
    std::string layersJson;
    std::string recipeJson;
    std::string errorCode;
    [[nodiscard]] bool isFinal() const { return state >= 3; }
};

/// `code` is empty for success; "unreachable" when no answer came; else the service's own.
template <class T> struct Answer {
    T value{};
    std::string code;
    std::string detail;
};

struct ClientRequest {
    std::string id;
    std::string model = "composer";
    std::string prompt = "Jazz night";
    std::vector<std::string> colors;
    unsigned width = 320;
    unsigned height = 400;
    std::uint64_t seed = 1;
    unsigned steps = 0;
};

class GenerationClient
{
public:
    explicit GenerationClient(int port);
    ~GenerationClient();
    Answer<ClientEvent> submit(const ClientRequest& request);
    Answer<ClientEvent> cancel(const std::string& job);
    /// Until the final event, or `seen` says false, or the connection breaks.
    Answer<ClientEvent> watch(const std::string& job, const std::function<bool(const ClientEvent&)>& seen = {});
    Answer<std::string> blob(const std::string& hash);
    Answer<std::vector<std::string>> models();
    Answer<unsigned> workers();

private:
    struct Stub;
    std::unique_ptr<Stub> m_stub;
};

} // namespace tessera::appliance
