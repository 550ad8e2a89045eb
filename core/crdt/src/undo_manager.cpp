#include <core/crdt/undo_manager.h>

#include <optional>
#include <unordered_set>

#include "redo_items.h"

namespace tessera::crdt {

struct UndoManager::Impl {
    enum class Mode : std::uint8_t { recording, undoing, redoing };

    Impl(Doc& doc, const std::vector<SharedType>& types, Options managerOptions, const tessera::Clock& managerClock)
        : store(doc.store()), options(std::move(managerOptions)), clock(managerClock)
    {
        for (const SharedType& type : types) {
            if (!type.isNull())
                scope.push_back(type.branch());
        }
        hook = store.hooks->add([this](TransactionState& transaction) { record(transaction); });
    }

    [[nodiscard]] bool isInScope(const Branch* branch) const
    {
        if (scope.empty())
            return true;
        for (; branch; branch = branch->item ? branch->item->parent : nullptr) {
            if (std::find(scope.begin(), scope.end(), branch) != scope.end())
                return true;
        }
        return false;
    }

    [[nodiscard]] bool isTracked(const TransactionState& transaction) const
    {
        const bool isMine = transaction.undoOwner ? transaction.undoOwner == this
                                                  : transaction.isLocal && options.trackedOrigins.contains(transaction.origin);
        return isMine && std::any_of(transaction.changes.begin(), transaction.changes.end(), [&](const auto& change) {
                   return change.branch && !change.branch->isDeleted() && isInScope(change.branch);
               });
    }

    void record(TransactionState& transaction)
    {
        if (!isTracked(transaction))
            return;
        std::vector<StackItem>& stack = mode == Mode::undoing ? redoStack : undoStack;
        if (mode == Mode::undoing)
            lastChange.reset();
        else if (mode == Mode::recording)
            clearStack(redoStack);
        StackItem made{transaction.deletes, {}};
        for (const auto& [client, before] : transaction.grown)
            made.insertions.add(client, before, store.state(client) - before);
        const auto now = clock.now();
        if (mode == Mode::recording && lastChange && now - *lastChange < options.captureTimeout && !stack.empty()) {
            StackItem& top = stack.back();
            top.deletions.add(made.deletions);
            top.deletions.sortAndMerge();
            top.insertions.add(made.insertions);
            top.insertions.sortAndMerge();
        } else {
            stack.push_back(std::move(made));
        }
        if (mode == Mode::recording)
            lastChange = now;
        setKeep(transaction, transaction.deletes, true);
    }

    /// Content of deleted items in scope must outlive the collection while a stack may bring it back.
    void setKeep(TransactionState& transaction, const DeleteSet& deletes, bool keep)
    {
        store.forEachIn(transaction, deletes, [&](Item& item) {
            if (!item.isGc() && isInScope(item.parent))
                keepWithAncestors(item, keep);
        });
    }

    void clearStack(std::vector<StackItem>& stack)
    {
        if (stack.empty())
            return;
        store.transact({}, true, [&](TransactionState& transaction) {
            for (const StackItem& item : stack)
                setKeep(transaction, item.deletions, false);
            stack.clear();
        }, &store);
    }

    bool pop(std::vector<StackItem>& stack, Mode popMode)
    {
        mode = popMode;
        bool changed = false;
        store.transact(undoOrigin, true, [&](TransactionState& transaction) {
            while (!stack.empty() && !changed) {
                const StackItem item = std::move(stack.back());
                stack.pop_back();
                changed = revert(transaction, item);
            }
        }, this);
        mode = Mode::recording;
        return changed;
    }

    bool revert(TransactionState& transaction, const StackItem& stackItem)
    {
        std::vector<Item*> toDelete;
        store.forEachIn(transaction, stackItem.insertions, [&](Item& item) {
            Item& live = followRedone(store, transaction, item);
            if (!live.isGc() && !live.isDeleted && isInScope(live.parent))
                toDelete.push_back(&live);
        });
        // What came and went within the stack item stays gone.
        std::vector<Item*> toRedo;
        store.forEachIn(transaction, stackItem.deletions, [&](Item& item) {
            if (!item.isGc() && isInScope(item.parent) && !stackItem.insertions.contains(item.id))
                toRedo.push_back(&item);
        });
        bool changed = redoItems(store, transaction, toRedo, stackItem.insertions, undoStack, redoStack);
        for (auto item = toDelete.rbegin(); item != toDelete.rend(); ++item) {
            deleteItem(store, transaction, **item);
            changed = true;
        }
        return changed;
    }

    Store& store;
    Options options;
    const tessera::Clock& clock;
    std::vector<Branch*> scope;
    std::vector<StackItem> undoStack;
    std::vector<StackItem> redoStack;
    Mode mode = Mode::recording;
    std::optional<std::chrono::steady_clock::time_point> lastChange;
    Doc::Subscription hook;
};

UndoManager::UndoManager(Doc& doc, std::vector<SharedType> scope, Options options, const tessera::Clock& clock)
    : m_impl(std::make_unique<Impl>(doc, scope, std::move(options), clock))
{
}

UndoManager::~UndoManager() = default;

bool UndoManager::undo() { return m_impl->pop(m_impl->undoStack, Impl::Mode::undoing); }
bool UndoManager::redo() { return m_impl->pop(m_impl->redoStack, Impl::Mode::redoing); }
bool UndoManager::canUndo() const { return !m_impl->undoStack.empty(); }
bool UndoManager::canRedo() const { return !m_impl->redoStack.empty(); }
void UndoManager::stopCapturing() { m_impl->lastChange.reset(); }

void UndoManager::clear()
{
    m_impl->clearStack(m_impl->undoStack);
    m_impl->clearStack(m_impl->redoStack);
}

} // namespace tessera::crdt
