#include <cstdio>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include <core/base/clock.h>
#include <core/document/document.h>
#include <core/storage/document_store.h>

#include "commands.h"
#include "open_file.h"

namespace tessera::sdk {
namespace {

struct ImportArguments {
    std::string source;
    std::string target;
};

/// Into a new file, or as another frame of the first page of one that exists.
int import(const ImportArguments& arguments)
{
    const std::string stem = std::filesystem::path(arguments.source).stem().string();
    if (!formats::importFormatOf(arguments.source))
        return complain(arguments.source + ": the name ends like none of the formats that are imported");
    const auto imported = importedFile(arguments.source, stem);
    if (!imported)
        return 1;

    SystemRandom random;
    SystemClock clock;
    const std::string target = arguments.target.empty() ? stem + ".tessera" : arguments.target;
    auto store = std::filesystem::exists(target) ? storage::DocumentStore::open(target, storage::OpenMode::readWrite, random, clock)
                                                 : storage::DocumentStore::create(target, stem, random, clock);
    if (!store)
        return complain(storage::describe(store.error()));
    if ((*store)->isReadOnly())
        return complain(target + ": opens read-only, so nothing can be imported into it");
    document::Document& document = (*store)->document();
    for (const auto& asset : imported->assets)
        (*store)->putBlob(asset.bytes, asset.mime);
    const NodeId page = document.tree().pages.empty() ? NodeId{} : document.tree().pages.front();
    if (page.isEmpty())
        return complain(target + ": has no page");
    if (const auto applied = document::apply(document, formats::toCommands(*imported, {page, std::nullopt}, random), "import"); !applied)
        return complain(arguments.source + ": " + document::describe(applied.error()));
    if (const auto saved = (*store)->flush(); !saved)
        return complain(storage::describe(saved.error()));
    std::printf("%s: %zu nodes, %zu notices\n", target.c_str(), document.nodeIds().size(), imported->notices.size());
    return 0;
}

} // namespace

void addImport(CLI::App& app, ExitCode& exitCode)
{
    auto arguments = std::make_shared<ImportArguments>();
    CLI::App* command = app.add_subcommand("import", "Bring a drawing of another tool into a file, new or existing");
    command->add_option("SOURCE", arguments->source, "An .svg, .penpot, .excalidraw or .excalidrawlib file")->required();
    command->add_option("-o,--output", arguments->target, "The .tessera file (default: SOURCE's name)");
    command->callback([arguments, &exitCode] { exitCode.value = import(*arguments); });
}

} // namespace tessera::sdk
