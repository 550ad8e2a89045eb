#include <cstdio>

#include <CLI/CLI.hpp>

#include "commands.h"

int tessera::sdk::complain(const std::string& what)
{
    std::fprintf(stderr, "tessera: %s\n", what.c_str());
    return 1;
}

int main(int argc, char** argv)
{
    CLI::App app{"Works on Tessera files without a display."};
    app.name("tessera");
    app.require_subcommand(1);
    app.set_version_flag("--version", "tessera 0.1.0");
    tessera::sdk::ExitCode exitCode;
    tessera::sdk::addInfo(app, exitCode);
    tessera::sdk::addImport(app, exitCode);
    tessera::sdk::addExport(app, exitCode);
    tessera::sdk::addExportAll(app, exitCode);
    tessera::sdk::addRender(app, exitCode);
    tessera::sdk::addSync(app, exitCode);
    CLI11_PARSE(app, argc, argv);
    return exitCode.value;
}
