#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <core/base/result.h>

/// Locks the calling process up for good: what a model's bytes make native inference code do stays inside.
/// - Landlock (where the kernel has it): files can be read below the given folders only, and nothing be written.
/// - seccomp: an allow list of system calls. No sockets, no exec, no new processes (threads only), no file opened for
///   writing, no new executable memory, no signals to others. Everything else answers EPERM.
/// - rlimits: address space, no core dump, no file growth (a log file on stderr: 16 MiB more), few descriptors.
/// Open files stay open: the pipes to the daemon are the only way out.
namespace tessera::appliance {

struct SandboxOptions {
    std::vector<std::filesystem::path> readable;
    std::uint64_t memoryBytes = 0; ///< 0: no limit
};

struct SandboxReport {
    bool hasLandlock = false; ///< false: the kernel lacks it, and files can be read that the user may read
};

/// Before other threads use anything that will be forbidden; threads made before are covered too.
/// An error names the step that failed: the process then has to end, as it is not confined.
Result<SandboxReport, std::string> enterSandbox(const SandboxOptions& options);

} // namespace tessera::appliance
