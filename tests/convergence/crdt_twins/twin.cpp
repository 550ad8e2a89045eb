#include "twin.h"

#include <core/crdt/update.h>

namespace tessera::crdt::test {
namespace {

const Any::Array rootNames{"t", "m", "a", "x"};

/// Types are named only: they may be deleted by now.
Any dumpRuns(std::vector<TextRun> runs)
{
    for (TextRun& run : runs) {
        if (const auto* type = std::get_if<SharedType>(&run.content))
            run.content = Any(Any::Object{{"$type", kindName(type->kind())}});
    }
    return dump(runs);
}

} // namespace

Twin::Twin(ClientId client, bool gc, int captureMs)
    : m_doc({.clientId = client, .gc = gc}),
      m_undo(m_doc, roots(), {{"me"}, std::chrono::milliseconds(captureMs)}, m_clock)
{
    m_tokens.push_back(m_doc.onUpdate(
        [this](ByteView update, const Origin&, bool) { m_updates.push_back(toHex(update)); }));
    m_tokens.push_back(m_doc.onUpdate(
        [this](ByteView update, const Origin&, bool) { m_updatesV2.push_back(toHex(update)); },
        UpdateFormat::v2));
    m_tokens.push_back(
        onSubdocuments(m_doc, [this](const SubdocumentsEvent& event, const TransactionInfo&) {
            m_subdocuments.push_back(dump(event));
        }));
    for (const Any& name : rootNames)
        observeRoot(*name.string());
}

Any Twin::answer(const Any& command)
{
    const std::string name = textOf(command, "do");
    if (name == "edit" || name == "undo" || name == "redo" || name == "stop" || name == "apply" ||
        name == "load")
        return emitted(command, name);
    if (name == "encode")
        return encode(command);
    if (name == "vector")
        return toHex(encodeStateVector(m_doc.stateVector()));
    if (name == "dump")
        return dump(m_doc, rootNames);
    if (name == "position")
        return position(command);
    if (name == "resolve")
        return resolveAll();
    if (name == "snapshot")
        return snapshot();
    if (name == "restore")
        return restore(command);
    return contains(command);
}

std::vector<SharedType> Twin::roots()
{
    std::vector<SharedType> all;
    for (const Any& name : rootNames)
        all.push_back(rootOf(m_doc, *name.string()));
    return all;
}

void Twin::observeRoot(const std::string& name)
{
    const SharedType root = rootOf(m_doc, name);
    m_tokens.push_back(observe(root, [this, name](const TypeEvent& event, const TransactionInfo&) {
        m_events.push_back(Any::Object{{"root", name}, {"shallow", dump(event)}});
    }));
    m_tokens.push_back(
        observeDeep(root, [this, name](std::span<const TypeEvent> events, const TransactionInfo&) {
            Any::Array deep;
            for (const TypeEvent& event : events)
                deep.push_back(dump(event));
            m_events.push_back(Any::Object{{"root", name}, {"deep", deep}});
        }));
}

Any Twin::emitted(const Any& command, const std::string& name)
{
    m_updates.clear();
    m_updatesV2.clear();
    m_events.clear();
    m_subdocuments.clear();
    if (name == "edit") {
        m_doc.transact(textOf(command, "origin"), [&](Transaction& t) {
            for (const Any& edit : *command.find("edits")->array())
                apply(t, edit);
        });
    } else if (name == "undo") {
        m_undo.undo();
    } else if (name == "redo") {
        m_undo.redo();
    } else if (name == "stop") {
        m_undo.stopCapturing();
    } else if (name == "load") {
        for (const Subdocument& subdocument : subdocuments(m_doc)) {
            if (subdocument.guid == textOf(command, "guid"))
                loadSubdocument(m_doc, subdocument);
        }
    } else {
        const auto applied = m_doc.applyUpdate(
            fromHex(textOf(command, "update")).value(), "remote",
            textOf(command, "format") == "v2" ? UpdateFormat::v2 : UpdateFormat::v1);
        if (!applied)
            return Any::Object{{"error", describe(applied.error())}};
    }
    return Any::Object{{"updates", m_updates},
                       {"updatesV2", m_updatesV2},
                       {"events", m_events},
                       {"subdocuments", m_subdocuments}};
}

Any Twin::encode(const Any& command) const
{
    const StateVector since = decodeStateVector(fromHex(textOf(command, "since")).value()).value();
    return Any::Object{{"v1", toHex(m_doc.encodeStateAsUpdate(since))},
                       {"v2", toHex(m_doc.encodeStateAsUpdate(since, UpdateFormat::v2))}};
}

Any Twin::position(const Any& command)
{
    const SharedType type = typeAt(m_doc, *command.find("on")->array());
    const bool isLeft = *command.find("assoc")->number() < 0;
    m_positions.push_back(relativePosition(type, numberOf(command, "index"),
                                           isLeft ? Association::left : Association::right));
    return Any::Object{{"bytes", toHex(encodeRelativePosition(m_positions.back()))},
                       {"json", toJsonForm(m_positions.back())}};
}

Any Twin::resolveAll()
{
    Any::Array all;
    for (const RelativePosition& position : m_positions) {
        Any::Array both;
        for (const FollowRedone follow : {FollowRedone::yes, FollowRedone::no}) {
            const auto at = resolve(m_doc, position, follow);
            both.push_back(at ? Any(Any::Object{{"kind", kindName(at->type.kind())},
                                                {"index", at->index},
                                                {"assoc", Any(at->association)}})
                              : Any(nullptr));
        }
        all.push_back(both);
    }
    return all;
}

Any Twin::snapshot()
{
    m_snapshots.push_back(takeSnapshot(m_doc));
    return Any::Object{{"v1", toHex(encodeSnapshot(m_snapshots.back()))},
                       {"v2", toHex(encodeSnapshot(m_snapshots.back(), UpdateFormat::v2))}};
}

Any Twin::restore(const Any& command)
{
    const Snapshot& now = m_snapshots.at(numberOf(command, "which"));
    const Snapshot& before = m_snapshots.at(numberOf(command, "before"));
    const auto restored = createDocFromSnapshot(m_doc, now);
    if (!restored)
        return Any::Object{{"error", static_cast<int>(restored.error())}};
    const Text text = m_doc.text("t");
    Any::Object entries;
    const auto then = entriesAt(m_doc.map("m"), now);
    for (const auto& [key, value] : then.value())
        entries.emplace_back(key, dumpNamed(value));
    return Any::Object{
        {"state", toHex(restored.value()->encodeStateAsUpdate())},
        {"text", Any::Object{{"$text", dumpRuns(runsAt(text, now).value())}}},
        {"changes", Any::Object{{"$text", dumpRuns(runsAt(text, now, &before).value())}}},
        {"entries", entries},
        {"equal", now == before}};
}

Any Twin::contains(const Any& command) const
{
    const Snapshot& snapshot = m_snapshots.at(numberOf(command, "which"));
    return snapshotContainsUpdate(snapshot, fromHex(textOf(command, "update")).value()).value();
}

Any TwinHost::answer(const Any& command)
{
    const std::string name = textOf(command, "do");
    if (name == "reset") {
        m_twins.clear();
        return nullptr;
    }
    std::unique_ptr<Twin>& twin = m_twins[numberOf(command, "peer")];
    if (name != "new")
        return twin->answer(command);
    twin = std::make_unique<Twin>(ClientId{numberOf(command, "client")},
                                  *command.find("gc")->boolean(),
                                  static_cast<int>(numberOf(command, "capture")));
    return nullptr;
}

} // namespace tessera::crdt::test
