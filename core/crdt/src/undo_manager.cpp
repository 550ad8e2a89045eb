#include <core/crdt/undo_manager.h>

#include <algorithm>
#include <unordered_set>

#include "undo_capture.h"
#include "undo_restore.h"

namespace tessera::crdt {
namespace {

/// Types that the transaction changed and those around them, each once, that still live.
std::vector<SharedType> changedTypesOf(Store& store, const TransactionState& transaction)
{
    std::vector<SharedType> types;
    std::unordered_set<const Branch*> seen;
    for (const TransactionState::Change& change : transaction.changes()) {
        if (!change.branch || change.branch->isDeleted())
            continue;
        for (Branch* branch = change.branch; branch && seen.insert(branch).second;
             branch = branch->item ? branch->item->parent : nullptr)
            types.emplace_back(&store.doc, branch);
    }
    return types;
}

UndoDeletion describe(Store& store, const Item& item)
{
    UndoDeletion deletion;
    deletion.parent = SharedType(&store.doc, item.parent);
    if (item.key)
        deletion.key = store.keys.text(item.key);
    if (Branch* branch = item.content.branch())
        deletion.type = SharedType(&store.doc, branch);
    return deletion;
}

} // namespace

struct UndoManager::Impl {
    enum class Mode : std::uint8_t { recording, undoing, redoing };

    Impl(Doc& doc, const std::vector<SharedType>& types, Options managerOptions,
         const tessera::Clock& managerClock)
        : store(doc.store()), options(std::move(managerOptions)), clock(managerClock),
          isWholeDocument(types.empty())
    {
        for (const SharedType& type : types)
            addToScope(type);
        hook = store.hooks.add([this](TransactionState& transaction) { record(transaction); });
    }

    void addToScope(const SharedType& type)
    {
        if (!isWholeDocument && !type.isNull())
            scope.push_back(type.branch());
    }

    [[nodiscard]] std::vector<StackItem>& steps(UndoStack stack)
    {
        return stacks[static_cast<std::size_t>(stack)];
    }

    [[nodiscard]] bool isInScope(const Branch* branch) const
    {
        if (isWholeDocument)
            return true;
        for (; branch; branch = branch->item ? branch->item->parent : nullptr) {
            if (std::find(scope.begin(), scope.end(), branch) != scope.end())
                return true;
        }
        return false;
    }

    [[nodiscard]] bool isTracked(const TransactionState& transaction) const
    {
        const bool isMine =
            transaction.undoOwner
                ? transaction.undoOwner == this
                : transaction.isLocal && options.trackedOrigins.contains(transaction.origin);
        return isMine && std::any_of(transaction.changes().begin(), transaction.changes().end(),
                                     [&](const auto& change) {
                                         return change.branch && !change.branch->isDeleted() &&
                                                isInScope(change.branch);
                                     });
    }

    void record(TransactionState& transaction)
    {
        if (transaction.undoOwner == this)
            poppedTypes = changedTypesOf(store, transaction);
        if (!isTracked(transaction) ||
            (options.captureTransaction &&
             !options.captureTransaction(transaction.origin, changedTypesOf(store, transaction))))
            return;
        if (mode == Mode::undoing)
            lastChange.reset();
        else if (mode == Mode::recording)
            clearStack(UndoStack::redo);
        const auto kind = addStep(transaction);
        setKeep(transaction, transaction.deletes, true);
        notify(kind, mode == Mode::undoing ? UndoStack::redo : UndoStack::undo, transaction);
    }

    /// The transaction as a new step or as part of the last.
    UndoEvent::Kind addStep(const TransactionState& transaction)
    {
        std::vector<StackItem>& stack =
            steps(mode == Mode::undoing ? UndoStack::redo : UndoStack::undo);
        StackItem made{transaction.deletes, {}, mode == Mode::recording ? UndoMeta() : popped.meta};
        for (const TransactionState::Grown& grown : transaction.grown()) {
            made.insertions.add(store.clients.id(grown.client), grown.before,
                                grown.after - grown.before);
        }
        const auto now = clock.now();
        const bool joins = mode == Mode::recording && lastChange &&
                           now - *lastChange < options.captureTimeout && !stack.empty();
        if (mode == Mode::recording)
            lastChange = now;
        if (!joins) {
            stack.push_back(std::move(made));
            return UndoEvent::Kind::stepAdded;
        }
        StackItem& top = stack.back();
        top.deletions.add(made.deletions);
        top.deletions.sortAndMerge();
        top.insertions.add(made.insertions);
        top.insertions.sortAndMerge();
        return UndoEvent::Kind::stepUpdated;
    }

    void notify(UndoEvent::Kind kind, UndoStack stack, const TransactionState& transaction)
    {
        if (observers->isEmpty())
            return;
        isTelling = true;
        observers->notify(UndoEvent{kind, stack, transaction.origin,
                                    changedTypesOf(store, transaction),
                                    &steps(stack).back().meta});
        isTelling = false;
        forgotten.clear();
    }

    /// Content of deleted items in scope must outlive the collection while a stack may bring it
    /// back.
    void setKeep(TransactionState& transaction, const DeleteSet& deletes, bool keep)
    {
        store.forEachIn(transaction, deletes, [&](Item& item) {
            if (!item.isGc() && isInScope(item.parent))
                keepWithAncestors(item, keep);
        });
    }

    void clearStack(UndoStack stack)
    {
        if (steps(stack).empty())
            return;
        store.transact(
            {}, true,
            [&](TransactionState& transaction) {
                for (const StackItem& step : steps(stack))
                    setKeep(transaction, step.deletions, false);
                if (isTelling)
                    forgotten.push_back(std::move(steps(stack)));
                steps(stack).clear();
            },
            &store);
        observers->notify(UndoEvent{UndoEvent::Kind::cleared, stack, {}, {}, nullptr});
    }

    [[nodiscard]] Bytes save() const
    {
        UndoState state;
        std::copy(std::begin(stacks), std::end(stacks), std::begin(state.stacks));
        return captureUndoState(store, std::move(state));
    }

    Result<void, UndoError> restore(ByteView bytes)
    {
        if (!store.transactions.empty())
            return fail(UndoError{UndoErrc::busy, 0});
        TESSERA_TRY(state, decodeUndoState(bytes));
        TESSERA_CHECK(checkUndoState(store, state));
        clearStack(UndoStack::undo);
        clearStack(UndoStack::redo);
        lastChange.reset();
        store.transact(
            {}, true,
            [&](TransactionState& transaction) {
                reviveContent(store, transaction, state);
                std::move(std::begin(state.stacks), std::end(state.stacks), std::begin(stacks));
                for (const std::vector<StackItem>& stack : stacks) {
                    for (const StackItem& step : stack)
                        setKeep(transaction, step.deletions, true);
                }
            },
            &store);
        return {};
    }

    bool pop(UndoStack from)
    {
        if (!store.transactions.empty())
            return false;
        mode = from == UndoStack::undo ? Mode::undoing : Mode::redoing;
        std::vector<StackItem>& stack = steps(from);
        bool changed = false;
        store.transact(
            undoOrigin, true,
            [&](TransactionState& transaction) {
                while (!stack.empty() && !changed) {
                    popped = std::move(stack.back());
                    stack.pop_back();
                    changed = revert(transaction, popped);
                }
            },
            this);
        mode = Mode::recording;
        StackItem done = std::exchange(popped, {});
        if (changed)
            observers->notify(UndoEvent{UndoEvent::Kind::stepPopped, from, undoOrigin,
                                        std::move(poppedTypes), &done.meta});
        return changed;
    }

    bool revert(TransactionState& transaction, const StackItem& step)
    {
        std::vector<Item*> toDelete;
        store.forEachIn(transaction, step.insertions, [&](Item& item) {
            Item& live = followRedone(store, transaction, item);
            if (!live.isGc() && !live.isDeleted && isInScope(live.parent))
                toDelete.push_back(&live);
        });
        // What came and went within the step stays gone.
        std::vector<Item*> toRedo;
        store.forEachIn(transaction, step.deletions, [&](Item& item) {
            if (!item.isGc() && isInScope(item.parent) &&
                !step.insertions.contains(store.publicId(item.id())))
                toRedo.push_back(&item);
        });
        bool changed = redoItems(store, transaction, toRedo,
                                 {step.insertions, steps(UndoStack::undo), steps(UndoStack::redo),
                                  options.ignoreRemoteMapChanges});
        // Children go before the types they lie in, so that the filter sees what is left of a type.
        for (auto item = toDelete.rbegin(); item != toDelete.rend(); ++item) {
            if (options.deleteFilter && !options.deleteFilter(describe(store, **item)))
                continue;
            deleteItem(store, transaction, **item);
            changed = true;
        }
        return changed;
    }

    Store& store;
    Options options;
    const tessera::Clock& clock;
    bool isWholeDocument;
    std::vector<Branch*> scope;
    std::vector<StackItem> stacks[undoStackCount];
    Mode mode = Mode::recording;
    StackItem popped; ///< the step that is being reverted
    std::vector<SharedType> poppedTypes;
    bool isTelling = false;           ///< of a step, whose meta listeners may use until it is told
    std::vector<std::vector<StackItem>> forgotten; ///< by a listener
    std::optional<std::chrono::steady_clock::time_point> lastChange;
    std::shared_ptr<Observers<void(const UndoEvent&)>> observers =
        std::make_shared<Observers<void(const UndoEvent&)>>();
    Doc::Subscription hook;
};

UndoManager::UndoManager(Doc& doc, const std::vector<SharedType>& scope, Options options,
                         const tessera::Clock& clock)
    : m_impl(std::make_unique<Impl>(doc, scope, std::move(options), clock))
{
}

UndoManager::~UndoManager() = default;

bool UndoManager::undo()
{
    return m_impl->pop(UndoStack::undo);
}
bool UndoManager::redo()
{
    return m_impl->pop(UndoStack::redo);
}
std::size_t UndoManager::depth(UndoStack stack) const
{
    return m_impl->steps(stack).size();
}
void UndoManager::stopCapturing()
{
    m_impl->lastChange.reset();
}
void UndoManager::clear(UndoStack stack)
{
    m_impl->clearStack(stack);
}
void UndoManager::addToScope(const SharedType& type)
{
    m_impl->addToScope(type);
}
void UndoManager::track(const Origin& origin)
{
    m_impl->options.trackedOrigins.insert(origin);
}
void UndoManager::untrack(const Origin& origin)
{
    m_impl->options.trackedOrigins.erase(origin);
}

Bytes UndoManager::save() const
{
    return m_impl->save();
}
Result<void, UndoError> UndoManager::restore(ByteView bytes)
{
    return m_impl->restore(bytes);
}

UndoMeta* UndoManager::topMeta(UndoStack stack)
{
    std::vector<StackItem>& steps = m_impl->steps(stack);
    return steps.empty() ? nullptr : &steps.back().meta;
}

void UndoManager::clear()
{
    m_impl->clearStack(UndoStack::undo);
    m_impl->clearStack(UndoStack::redo);
}

Doc::Subscription UndoManager::onEvent(std::function<void(const UndoEvent&)> callback)
{
    return m_impl->observers->add(std::move(callback));
}

} // namespace tessera::crdt
