#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>

#include <app/models/geometry_edits.h>
#include <app/models/save_status.h>
#include <app/models/selection.h>
#include <core/base/clock.h>
#include <core/base/random.h>
#include <core/crdt/undo_manager.h>
#include <core/document/document.h>
#include <core/storage/document_store.h>

/// One open document and everything that follows it: file, sharing, selection, undo. It wires parts and holds no rules
/// of its own. Always backed by a file, so nothing is ever only in memory. GUI thread.
namespace tessera::app {

class Connection;
class BlobExchange;
class StoreWaker;
class UndoKeeper;

/// Both must outlive the session.
struct Services {
    Random& random;
    const Clock& clock;
    QString personName;
    std::vector<Color> peerColors; ///< one is taken by client id; empty: those of collab
};

/// Edits of one group (not own) in a row, quick after another, are one undo step. `same` belongs to whatever was before,
/// e.g. the new size of a text box to the typing that made it grow.
enum class EditGroup : std::uint8_t { own, typing, scrub, same };

class EditorSession final : public QObject
{
    Q_OBJECT

public:
    using Opened = Result<std::unique_ptr<EditorSession>, storage::StorageError>;

    /// The origin of all edits made here; undo follows it.
    static constexpr const char* localOrigin = "editor";

    /// A blank document in `path`.
    static Opened create(const Services& services, const QString& path, const QString& name);
    static Opened open(const Services& services, const QString& path);
    /// For joining a room: an empty document whose content will come from there; opens the file when it exists.
    static Opened openForRoom(const Services& services, const QString& path);
    ~EditorSession() override;

    [[nodiscard]] document::Document& document() const { return m_store->document(); }
    [[nodiscard]] storage::DocumentStore& store() const { return *m_store; }
    [[nodiscard]] Selection& selection() { return m_selection; }
    [[nodiscard]] const Services& services() const { return m_services; }
    [[nodiscard]] Connection& connection() const { return *m_connection; }
    [[nodiscard]] BlobExchange& blobs() const { return *m_blobs; }
    [[nodiscard]] QString filePath() const;
    /// Shown in the title: the document's name, else the file's.
    [[nodiscard]] QString title() const;
    [[nodiscard]] bool isReadOnly() const;

    /// One transaction, one undo step. False, with problem() emitted, when refused; nothing was changed then.
    bool apply(const Commands& commands, EditGroup group = EditGroup::own);
    /// The same, and selects the nodes afterwards.
    bool applyAndSelect(const Commands& commands, std::vector<NodeId> selection);
    bool undo();
    bool redo();
    [[nodiscard]] bool canUndo() const;
    [[nodiscard]] bool canRedo() const;

    [[nodiscard]] SaveStatus saveStatus() const;
    bool saveAs(const QString& path);

    /// A node that new content goes into: the selected frame, else the page.
    [[nodiscard]] NodeId insertionParent() const;

Q_SIGNALS:
    void documentChanged(const tessera::document::ChangeSet& changes);
    void saveStatusChanged();
    void undoStateChanged();
    void fileChanged();
    /// Something was refused or failed; text for people.
    void problem(const QString& text);

private:
    EditorSession(const Services& services, std::unique_ptr<storage::DocumentStore> store,
                  std::unique_ptr<StoreWaker> waker);
    void documentWasChanged(const document::ChangeSet& changes);

    Services m_services;
    std::unique_ptr<StoreWaker> m_waker; ///< outlives the store, whose worker calls it
    std::unique_ptr<storage::DocumentStore> m_store;
    Selection m_selection;
    std::unique_ptr<crdt::UndoManager> m_undo;
    std::unique_ptr<UndoKeeper> m_undoKeeper;
    std::unique_ptr<BlobExchange> m_blobs;
    std::unique_ptr<Connection> m_connection;
    EditGroup m_lastGroup = EditGroup::own;
    document::Document::Subscription m_changes;
    storage::DocumentStore::Subscription m_progress;
};

} // namespace tessera::app
