#pragma once

#include <chrono>
#include <memory>
#include <set>
#include <vector>

#include <core/base/clock.h>
#include <core/crdt/doc.h>

/// Undo by origin: reverts what the tracked origins did, never what others did (semantics of Yjs' UndoManager).
/// Only local transactions count, whatever their origin. Lives no longer than its Doc. The Doc's thread.
namespace tessera::crdt {

/// Origin of the transactions that undo and redo make.
inline constexpr const char* undoOrigin = "undo";

class UndoManager
{
public:
    struct Options {
        std::set<Origin> trackedOrigins;
        /// Transactions closer than this to the last one join its stack item; 0: each its own.
        std::chrono::milliseconds captureTimeout{500};
    };

    /// An empty scope is the whole document.
    UndoManager(Doc& doc, std::vector<SharedType> scope, Options options, const tessera::Clock& clock);
    ~UndoManager();
    UndoManager(const UndoManager&) = delete;
    UndoManager& operator=(const UndoManager&) = delete;

    /// Pops stack items until one changes something. False when nothing was left to do.
    bool undo();
    bool redo();
    [[nodiscard]] bool canUndo() const;
    [[nodiscard]] bool canRedo() const;
    /// The next tracked transaction starts a new stack item.
    void stopCapturing();
    void clear();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace tessera::crdt
