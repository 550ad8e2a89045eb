#pragma once

#include <string>

namespace CLI {
class App;
}

/// The subcommands of `tessera`. Each file adds one to the parser; its callback sets the exit code and prints what went
/// wrong, naming what and where.
namespace tessera::sdk {

/// 0 done, 1 the request failed, 2 the request was not understood (CLI11 says that one).
struct ExitCode {
    int value = 0;
};

void addInfo(CLI::App& app, ExitCode& exitCode);
void addImport(CLI::App& app, ExitCode& exitCode);
void addExport(CLI::App& app, ExitCode& exitCode);
void addExportAll(CLI::App& app, ExitCode& exitCode);
void addRender(CLI::App& app, ExitCode& exitCode);
void addSync(CLI::App& app, ExitCode& exitCode);

/// "tessera: WHAT" on stderr; returns 1.
int complain(const std::string& what);

} // namespace tessera::sdk
