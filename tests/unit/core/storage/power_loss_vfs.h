#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/random.h>

/// A SQLite VFS over the system's that remembers, for every file, what was synced and what was written since. At any
/// moment it can say what a disk might hold after a power loss: everything that was synced, and of the later writes
/// any part, each whole, torn at a sector, or not at all. It becomes SQLite's default while it lives. One thread.
namespace power_loss {

using Image = std::map<std::string, tessera::Bytes>; ///< by file name

class Vfs
{
public:
    /// `beforeChange` is called before each write, truncation and sync: the moments between which power may go.
    explicit Vfs(std::function<void()> beforeChange);
    ~Vfs();
    Vfs(const Vfs&) = delete;
    Vfs& operator=(const Vfs&) = delete;

    [[nodiscard]] Image imageAfterLoss(tessera::Random& random) const;
};

} // namespace power_loss
