#include "undo_keeper.h"

namespace tessera::app {
namespace {

constexpr const char* undoKey = "undo";
constexpr std::chrono::milliseconds pauseBeforeWriting{2000};
/// Larger stacks stay in memory only: writing them at every pause would cost more than they are
/// worth.
constexpr std::size_t maxBytes = std::size_t{16} << 20;

} // namespace

UndoKeeper::UndoKeeper(storage::DocumentStore& store, crdt::UndoManager& undo)
    : m_store(store), m_undo(undo)
{
    m_pause.setSingleShot(true);
    m_pause.setInterval(pauseBeforeWriting);
    QObject::connect(&m_pause, &QTimer::timeout, &m_pause, [this] { write(); });
    const auto saved = store.isReadOnly() ? std::nullopt : store.local(undoKey);
    // In the name of this session, before its first edit: a later one then knows what is missing.
    if (saved && !saved->empty() && undo.restore(*saved) && (undo.canUndo() || undo.canRedo()))
        write();
}

UndoKeeper::~UndoKeeper()
{
    if (m_pause.isActive())
        write();
}

void UndoKeeper::noteChange()
{
    if (!m_store.isReadOnly())
        m_pause.start();
}

void UndoKeeper::write()
{
    m_pause.stop();
    Bytes saved = m_undo.save();
    m_store.setLocal(undoKey, saved.size() <= maxBytes ? std::move(saved) : Bytes());
}

} // namespace tessera::app
