#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include <app/sdk/sync.h>

#include "commands.h"

namespace tessera::sdk {
namespace {

struct SyncArguments {
    std::string link;
    std::string file;
    int timeoutSeconds = 300;
};

int sync(const SyncArguments& arguments)
{
    SyncOptions options;
    options.totalTimeout = std::chrono::seconds{arguments.timeoutSeconds};
    const auto report = syncFile(arguments.link, arguments.file, options);
    if (!report)
        return complain("sync: " + describe(report.error()));
    std::printf("%s\n", describe(*report).c_str());
    return 0;
}

} // namespace

void addSync(CLI::App& app, ExitCode& exitCode)
{
    auto arguments = std::make_shared<SyncArguments>();
    CLI::App* command = app.add_subcommand("sync", "Bring a shared room into a file and the file's changes into the room");
    command->add_option("LINK", arguments->link, "A share link: http://HOST:PORT/d/ROOM#TOKEN")->required();
    command->add_option("FILE", arguments->file, "A .tessera file; made when it is not there")->required();
    command->add_option("--timeout", arguments->timeoutSeconds, "Seconds for the whole of it")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    command->callback([arguments, &exitCode] { exitCode.value = sync(*arguments); });
}

} // namespace tessera::sdk
