#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <limits.h>
#include <optional>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <appliance/server/appliance.h>
#include <appliance/server/grpc_api.h>
#include <appliance/server/relay_link.h>
#include <core/base/log.h>

/// tessera-appliance: the daemon. One line of JSON on stdout when it serves; its log on stderr.
namespace tessera::appliance {
namespace {

struct Settings {
    std::string data;
    std::string listen = "127.0.0.1:0";
    std::string relay;
    std::string relayKeyFile;
    std::string relayCaFile;
    std::string models;
    std::string onnxRuntime;
    std::string worker;
    int devices = 1;
    std::uint64_t workerMemoryMiB = 8192;
    int silenceSeconds = 300;
};

std::filesystem::path ownFolder()
{
    char buffer[PATH_MAX];
    const ssize_t length = ::readlink("/proc/self/exe", buffer, sizeof buffer);
    return length > 0 ? std::filesystem::path(std::string(buffer, static_cast<std::size_t>(length))).parent_path() : ".";
}

std::optional<std::string> readFile(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string trimmed(const std::string& text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

int refuse(const std::string& reason)
{
    std::fprintf(stderr, "tessera-appliance: %s\n", reason.c_str());
    return 1;
}

/// Waits for SIGTERM or SIGINT, tidying once an hour.
void serveUntilAsked(Appliance& appliance, const sigset_t& signals)
{
    const timespec hour{3600, 0};
    while (sigtimedwait(&signals, nullptr, &hour) < 0)
        appliance.tidy();
}

int serve(const Settings& settings)
{
    // Blocked before any thread starts, so that only this one takes them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    RelayLinkOptions linkOptions;
    std::string caPem;
    if (!settings.relay.empty()) {
        const auto key = readFile(settings.relayKeyFile);
        if (!key || trimmed(*key).empty())
            return refuse("--relay needs --relay-key-file with the relay's enrolment key; cannot read \"" + settings.relayKeyFile + "\"");
        linkOptions.enrolmentKey = trimmed(*key);
        const auto ca = settings.relayCaFile.empty() ? std::optional<std::string>("") : readFile(settings.relayCaFile);
        if (!ca)
            return refuse("cannot read --relay-ca " + settings.relayCaFile);
        caPem = *ca;
        if (caPem.empty() && !isLoopback(settings.relay))
            return refuse("--relay " + settings.relay + " is not loopback and needs --relay-ca");
    }
    const std::filesystem::path folder = ownFolder();
    ApplianceOptions options;
    options.dataFolder = settings.data;
    options.workers.program = settings.worker.empty() ? folder / "tessera-worker" : std::filesystem::path(settings.worker);
    options.workers.models = settings.models.empty() ? folder / "../share/models" : std::filesystem::path(settings.models);
    options.workers.onnxRuntime = settings.onnxRuntime;
    options.workers.devices = settings.devices;
    options.workers.memoryBytes = settings.workerMemoryMiB << 20;
    options.workers.silenceTimeout = std::chrono::seconds(settings.silenceSeconds);

    const SystemClock clock;
    SystemRandom random;
    auto appliance = Appliance::open(options, clock);
    if (!appliance)
        return refuse(appliance.error());
    auto api = GrpcApi::listen(**appliance, settings.listen);
    if (!api)
        return refuse(api.error());
    std::optional<RelayLink> relay;
    if (!settings.relay.empty())
        relay.emplace(**appliance, dialByGrpc(settings.relay, caPem), linkOptions, clock, random);
    std::printf("{\"ready\":true,\"port\":%d}\n", (*api)->port());
    std::fflush(stdout);

    serveUntilAsked(**appliance, signals);
    log::info("appliance", "stopping");
    relay.reset();
    api->reset();
    appliance->reset();
    return 0;
}

} // namespace
} // namespace tessera::appliance

int main(int argc, char** argv)
{
    CLI::App app("Generates images and layouts for Tessera on this machine.", "tessera-appliance");
    tessera::appliance::Settings settings;
    app.add_option("--data", settings.data, "Folder for jobs and results; one daemon at a time")->required();
    app.add_option("--listen", settings.listen, "Loopback HOST:PORT of the gRPC API; port 0 takes a free one");
    app.add_option("--relay", settings.relay, "HOST:PORT of the relay's appliance port to dial");
    app.add_option("--relay-key-file", settings.relayKeyFile, "File with the relay's enrolment key");
    app.add_option("--relay-ca", settings.relayCaFile, "PEM file of the authority that signed the relay's certificate");
    app.add_option("--models", settings.models, "Model store; default ../share/models beside the program");
    app.add_option("--onnxruntime", settings.onnxRuntime, "Path of libonnxruntime.so.1; default is searched for");
    app.add_option("--worker", settings.worker, "Path of tessera-worker; default beside the program");
    app.add_option("--devices", settings.devices, "Worker processes")->check(CLI::Range(1, 64));
    app.add_option("--worker-memory-mib", settings.workerMemoryMiB, "Address space of a worker")->check(CLI::Range(512, 1 << 20));
    app.add_option("--hang-seconds", settings.silenceSeconds, "A job without a step for this long is a hang")->check(CLI::Range(1, 86400));
    CLI11_PARSE(app, argc, argv);
    return tessera::appliance::serve(settings);
}
