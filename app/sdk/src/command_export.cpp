#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include <core/document/document.h>

#include "commands.h"
#include "open_file.h"

namespace tessera::sdk {
namespace {

struct ExportArguments {
    std::string file;
    std::string format = "json";
    std::string output;
};

int exportFile(const ExportArguments& arguments)
{
    const auto opened = openForReading(arguments.file);
    if (!opened)
        return 1;
    Bytes bytes;
    if (arguments.format == "json") {
        const std::string json = opened->document->canonicalJson() + "\n";
        bytes.assign(json.begin(), json.end());
    } else {
        bytes = opened->document->crdt().encodeStateAsUpdate();
    }
    if (!arguments.output.empty())
        return writeFile(arguments.output, bytes) ? 0 : 1;
    return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() ? 0 : complain("standard output: cannot be written");
}

} // namespace

void addExport(CLI::App& app, ExitCode& exitCode)
{
    auto arguments = std::make_shared<ExportArguments>();
    CLI::App* command = app.add_subcommand("export", "Write a file's content as JSON or as a Yjs update");
    command->add_option("FILE", arguments->file, "A .tessera file")->required();
    command->add_option("--format", arguments->format, "json: every node as text; yjs: one update v1")->check(CLI::IsMember({"json", "yjs"}))->capture_default_str();
    command->add_option("-o,--output", arguments->output, "Where to (default: standard output)");
    command->callback([arguments, &exitCode] { exitCode.value = exportFile(*arguments); });
}

} // namespace tessera::sdk
