#include <cstdio>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>

#include <core/document/document.h>

#include "commands.h"
#include "open_file.h"

namespace tessera::sdk {
namespace {

int info(const std::string& path)
{
    const auto opened = openForReading(path);
    if (!opened)
        return 1;
    const document::Document& document = *opened->document;
    std::map<std::string, int> byType;
    for (const NodeId& id : document.nodeIds())
        ++byType[document.node(id)->typeText];
    std::printf("name      %s\n", document.name().c_str());
    for (const NodeId& page : document.tree().pages) {
        const Rect bounds = document.contentBounds(page);
        std::printf("page      %s  %s  %zu top-level nodes, %g x %g\n", page.text().c_str(), document.node(page)->name.c_str(),
                    document.tree().childrenOf(page).size(), bounds.width, bounds.height);
    }
    for (const auto& [type, count] : byType)
        std::printf("nodes     %6d %s\n", count, type.c_str());
    std::printf("trash     %6zu\n", document.tree().childrenOf(document::trashId).size());
    std::printf("assets    %6zu\n", document.assets().size());
    const auto file = opened->file->info();
    if (!file)
        return complain(storage::describe(file.error()));
    std::printf("file      %llu bytes, format %d, %llu updates since the snapshot, %llu blobs\n",
                static_cast<unsigned long long>(file->sizeBytes), file->version, static_cast<unsigned long long>(file->updateCount),
                static_cast<unsigned long long>(file->blobCount));
    if (document.needsNewerReader())
        std::printf("note      written for a newer version of Tessera; this one should only read it\n");
    return 0;
}

} // namespace

void addInfo(CLI::App& app, ExitCode& exitCode)
{
    auto path = std::make_shared<std::string>();
    CLI::App* command = app.add_subcommand("info", "Say what is in a file");
    command->add_option("FILE", *path, "A .tessera file")->required();
    command->callback([path, &exitCode] { exitCode.value = info(*path); });
}

} // namespace tessera::sdk
