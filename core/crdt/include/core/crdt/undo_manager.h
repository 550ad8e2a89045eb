#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <core/base/clock.h>
#include <core/crdt/doc.h>

/// Undo by origin: reverts what the tracked origins did, never what others did (semantics of Yjs'
/// UndoManager). Only local transactions count, whatever their origin. Lives no longer than its
/// Doc. The Doc's thread.
namespace tessera::crdt {

/// Origin of the transactions that undo and redo make.
inline constexpr const char* undoOrigin = "undo";

/// What an application keeps with a step, e.g. the selection. A step that is undone hands a copy to
/// the redo step that it becomes, and back.
using UndoMeta = std::map<std::string, Any, std::less<>>;

enum class UndoStack : std::uint8_t { undo = 0, redo = 1 };

struct UndoEvent {
    enum class Kind : std::uint8_t {
        stepAdded,   ///< a new step lies on `stack`
        stepUpdated, ///< a transaction joined the top step of the undo stack
        stepPopped,  ///< a step of `stack` was reverted; comes after its transaction, may start one
        cleared,     ///< `stack` had steps and is empty now
    };
    Kind kind{};
    UndoStack stack{};
    /// Of the transaction; undoOrigin for steps popped.
    Origin origin;
    /// Types that the transaction changed and those around them, living ones only.
    std::vector<SharedType> changedTypes;
    /// Of the step, to read and write while the callback runs. Null when cleared.
    UndoMeta* meta = nullptr;
};

/// One struct that undo is about to delete.
struct UndoDeletion {
    SharedType parent;
    std::optional<std::string> key; ///< of a map entry
    SharedType type;                ///< the type that goes; null when it is a value, text or format
};

enum class UndoErrc : std::uint8_t {
    damaged = 1,       ///< not ours, cut short or changed since it was written
    newerVersion = 2,  ///< of a format that this version does not know
    otherDocument = 3, ///< speaks of content that this document lacks, or has elsewhere or alive
    stale = 4, ///< its writer edited the document later, so an undo could bring things back twice
    busy = 5,  ///< asked for inside a transaction
};

struct UndoError {
    UndoErrc code{};
    std::size_t offset{}; ///< byte of the input, for damaged and newerVersion
    friend bool operator==(const UndoError&, const UndoError&) = default;
};

class UndoManager
{
public:
    struct Options {
        std::set<Origin> trackedOrigins;
        /// Transactions closer than this to the last one join its step; 0: each its own.
        std::chrono::milliseconds captureTimeout{500};
        /// False: the transaction stays out of the stacks. Gets its origin and what an event would
        /// tell.
        std::function<bool(const Origin& origin, const std::vector<SharedType>& changedTypes)>
            captureTransaction{};
        /// False: undo and redo spare it.
        std::function<bool(const UndoDeletion& deletion)> deleteFilter{};
        /// Undo restores a map entry also where somebody else has set it since (yjs issue 390);
        /// else theirs stays.
        bool ignoreRemoteMapChanges = false;
    };

    /// An empty scope is the whole document. Null handles are left out.
    UndoManager(Doc& doc, const std::vector<SharedType>& scope, Options options,
                const tessera::Clock& clock);
    ~UndoManager();
    UndoManager(const UndoManager&) = delete;
    UndoManager& operator=(const UndoManager&) = delete;

    /// Pops steps until one changes something. False when nothing was left to do, or inside a
    /// transaction or one of its callbacks. O(what the step changed, and for map entries the
    /// stacks' lengths).
    bool undo();
    bool redo();
    [[nodiscard]] bool canUndo() const { return depth(UndoStack::undo) > 0; }
    [[nodiscard]] bool canRedo() const { return depth(UndoStack::redo) > 0; }
    /// Number of steps.
    [[nodiscard]] std::size_t depth(UndoStack stack) const;
    /// Of the step that undo() or redo() would take next; null when there is none. Valid until the
    /// stack changes.
    [[nodiscard]] UndoMeta* topMeta(UndoStack stack);
    /// The next tracked transaction starts a new step.
    void stopCapturing();
    /// Forgets both stacks and releases the deleted content that they kept: like all that is
    /// deleted it goes for good when the document is next loaded.
    void clear();
    void clear(UndoStack stack);

    /// A manager of the whole document ignores this.
    void addToScope(const SharedType& type);
    void track(const Origin& origin);
    void untrack(const Origin& origin);

    /// Both stacks with their meta and all deleted content that they need, so that undo survives a
    /// reload whatever was collected meanwhile. Not inside a transaction. Write it after the
    /// updates so far, and again after later edits: a document that has later ones of this client
    /// refuses it. O(size of the stacks and what they keep).
    [[nodiscard]] Bytes save() const;
    /// Takes both stacks from saved bytes, in place of the present ones; for a document that was
    /// loaded from anywhere. Scope and options are not part of the bytes: give the manager the same
    /// again. Then save once before the next edit, so that the bytes at rest name this client and
    /// no earlier one. On an error nothing changed.
    Result<void, UndoError> restore(ByteView bytes);

    /// Callbacks come in the order of subscription, as long as the token lives.
    [[nodiscard]] Doc::Subscription onEvent(std::function<void(const UndoEvent& event)> callback);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace tessera::crdt
