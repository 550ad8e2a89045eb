// tessera-relay: see docs/operations/relay.md.
#include <CLI/CLI.hpp>

#include <cstdio>

#include <sys/stat.h>

#include "relay_server.h"

namespace {

using namespace tessera;

std::optional<service::ListenAddress> addressOf(const char* flag, const std::string& text)
{
    auto address = service::parseListenAddress(text);
    if (!address)
        std::fprintf(stderr, "tessera-relay: %s %s is not an address: use IP:PORT, for example 127.0.0.1:8080\n", flag,
                     text.c_str());
    return address;
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App app{"The Tessera relay: keeps rooms, syncs their editors, serves the web client."};
    std::string data, listen = "127.0.0.1:8080", applianceListen, web;
    bool openAccess = false;
    app.add_option("--data", data, "Folder for database, blobs and keys; made when missing")->required();
    app.add_option("--listen", listen, "IP:PORT for HTTP and WebSocket; port 0 takes a free one")->capture_default_str();
    app.add_option("--appliance-listen", applianceListen, "IP:PORT for appliances (gRPC)");
    app.add_option("--web", web, "Folder of the built web client");
    app.add_flag("--open-access", openAccess, "No tokens: everybody edits. Loopback addresses only");
    CLI11_PARSE(app, argc, argv);

    relay::RelayOptions options;
    options.dataFolder = data;
    options.webFolder = web;
    options.openAccess = openAccess;
    const auto address = addressOf("--listen", listen);
    if (!address)
        return 2;
    options.listen = *address;
    if (!applianceListen.empty()) {
        options.applianceListen = addressOf("--appliance-listen", applianceListen);
        if (!options.applianceListen)
            return 2;
    }
    ::umask(077); // keys, documents and blobs are the relay's alone
    auto server = relay::RelayServer::start(options);
    if (!server) {
        std::fprintf(stderr, "tessera-relay: %s\n", server.error().c_str());
        return 1;
    }
    std::printf("%s\n", (*server)->readyLine().c_str());
    std::fflush(stdout);
    (*server)->run();
    return 0;
}
