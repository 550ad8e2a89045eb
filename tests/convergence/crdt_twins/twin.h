#pragma once

#include <core/crdt/relative_position.h>
#include <core/crdt/snapshot.h>
#include <core/crdt/undo_manager.h>

#include "edits.h"

/// One document that answers the commands of peers.mjs. Used by the twin histories and by the tests
/// that replay golden scripts.
namespace tessera::crdt::test {

class Twin
{
public:
    Twin(ClientId client, bool gc, int captureMs);

    Any answer(const Any& command);

private:
    std::vector<SharedType> roots();
    void observeRoot(const std::string& name);
    Any emitted(const Any& command, const std::string& name);
    Any encode(const Any& command) const;
    Any position(const Any& command);
    Any resolveAll();
    Any snapshot();
    Any restore(const Any& command);
    Any contains(const Any& command) const;

    ManualClock m_clock;
    Doc m_doc;
    UndoManager m_undo;
    std::vector<Doc::Subscription> m_tokens;
    Any::Array m_updates;
    Any::Array m_updatesV2;
    Any::Array m_events;
    Any::Array m_subdocuments;
    std::vector<RelativePosition> m_positions;
    std::vector<Snapshot> m_snapshots;
};

/// The documents of one history.
class TwinHost
{
public:
    Any answer(const Any& command);

private:
    std::map<std::size_t, std::unique_ptr<Twin>> m_twins;
};

} // namespace tessera::crdt::test
