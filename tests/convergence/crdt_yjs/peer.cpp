// One or more documents of this engine, driven over stdin/stdout by run.mjs: one JSON command per line, one JSON
// answer per line. What an edit means is written down twice, here and in edits.mjs, so that both engines make the
// same calls.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>

#include <core/crdt/doc.h>
#include <core/crdt/undo_manager.h>
#include <core/crdt/update.h>

using namespace tessera;
using namespace tessera::crdt;

namespace {

std::size_t numberOf(const Any& object, std::string_view key)
{
    const Any* found = object.find(key);
    return found && found->number() ? static_cast<std::size_t>(*found->number()) : 0;
}

std::string textOf(const Any& object, std::string_view key)
{
    const Any* found = object.find(key);
    return found && found->string() ? *found->string() : std::string();
}

bool isSet(const Any& object, std::string_view key)
{
    const Any* found = object.find(key);
    return found && found->boolean() && *found->boolean();
}

/// Plain JSON, {"$bytes": hex}, {"$map": [[key, value]]}, {"$array": [value]} or {"$text": text}.
NewValue valueOf(const Any& json)
{
    if (const Any* hex = json.find("$bytes"))
        return Any(fromHex(*hex->string()).value());
    if (const Any* entries = json.find("$map")) {
        NewType type{.kind = TypeKind::map};
        for (const Any& entry : *entries->array())
            type.entries.emplace_back(*(*entry.array())[0].string(), valueOf((*entry.array())[1]));
        return type;
    }
    if (const Any* elements = json.find("$array")) {
        NewType type{.kind = TypeKind::array};
        for (const Any& element : *elements->array())
            type.elements.push_back(valueOf(element));
        return type;
    }
    if (const Any* text = json.find("$text"))
        return NewType{.kind = TypeKind::text, .text = *text->string()};
    return json;
}

std::vector<SharedType> typesIn(const SharedType& type)
{
    std::vector<std::pair<std::string, SharedType>> keyed;
    std::vector<SharedType> types;
    type.asMap().forEach([&](std::string_view key, const Value& value) {
        if (const auto* nested = std::get_if<SharedType>(&value))
            keyed.emplace_back(key, *nested);
    });
    std::sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [key, nested] : keyed)
        types.push_back(nested);
    type.asArray().forEach([&](std::size_t, const Value& value) {
        if (const auto* nested = std::get_if<SharedType>(&value))
            types.push_back(*nested);
    });
    return types;
}

SharedType targetOf(Doc& doc, const Any::Array& path)
{
    const auto root = static_cast<std::size_t>(*path[0].number()) % 3;
    SharedType type = root == 0 ? SharedType(doc.text("t")) : root == 1 ? SharedType(doc.map("m")) : SharedType(doc.array("a"));
    for (std::size_t i = 1; i < path.size(); ++i) {
        const std::vector<SharedType> inside = typesIn(type);
        const std::size_t pick = static_cast<std::size_t>(*path[i].number()) % (inside.size() + 1);
        if (pick == inside.size())
            break;
        type = inside[pick];
    }
    return type;
}

bool hasPairs(const Text& text)
{
    const std::string utf8 = text.toString();
    return std::any_of(utf8.begin(), utf8.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xf0; });
}

void editText(Transaction& t, Text text, const Any& edit)
{
    const std::size_t size = text.size();
    const std::size_t at = numberOf(edit, "at") % (size + 1);
    const std::size_t count = 1 + numberOf(edit, "count") % 5;
    const Any::Object& attributes = *edit.find("attributes")->object();
    switch (numberOf(edit, "kind") % 6) {
    case 2: text.insert(t, at, textOf(edit, "text"), attributes); break;
    case 3: text.remove(t, at, std::min(count, size - at)); break;
    case 4:
        if (hasPairs(text))
            text.format(t, 0, size, attributes);
        else
            text.format(t, at, std::min(count, size - at), attributes);
        break;
    case 5: text.insertEmbed(t, at, Any::Object{{"img", textOf(edit, "text")}}, attributes); break;
    default: text.insert(t, at, textOf(edit, "text")); break;
    }
}

void editMap(Transaction& t, Map map, const Any& edit)
{
    const std::string key = textOf(edit, "key");
    if (numberOf(edit, "kind") % 4 == 3)
        map.remove(t, key);
    else
        map.set(t, key, valueOf(edit.find("values")->array()->front()));
}

void editArray(Transaction& t, Array array, const Any& edit)
{
    const std::size_t size = array.size();
    const std::size_t at = numberOf(edit, "at") % (size + 1);
    std::vector<NewValue> values;
    for (const Any& value : *edit.find("values")->array())
        values.push_back(valueOf(value));
    switch (numberOf(edit, "kind") % 4) {
    case 0: array.push(t, values); break;
    case 3: array.remove(t, at, std::min(1 + numberOf(edit, "count") % 3, size - at)); break;
    default: array.insert(t, at, values); break;
    }
}

void apply(Transaction& t, const Any& edit)
{
    const SharedType target = targetOf(t.doc(), *edit.find("path")->array());
    if (Text text = target.asText(); !text.isNull())
        editText(t, text, edit);
    else if (Map map = target.asMap(); !map.isNull())
        editMap(t, map, edit);
    else if (Array array = target.asArray(); !array.isNull())
        editArray(t, array, edit);
}

Any dump(const Value& value)
{
    if (const Any* any = std::get_if<Any>(&value))
        return any->bytes() ? Any(Any::Object{{"$bytes", toHex(*any->bytes())}}) : *any;
    const SharedType& type = std::get<SharedType>(value);
    if (Map map = type.asMap(); !map.isNull()) {
        Any::Object members;
        map.forEach([&](std::string_view key, const Value& v) { members.emplace_back(key, dump(v)); });
        return Any::Object{{"$map", members}};
    }
    if (Array array = type.asArray(); !array.isNull()) {
        Any::Array elements;
        array.forEach([&](std::size_t, const Value& v) { elements.push_back(dump(v)); });
        return elements;
    }
    Any::Array delta;
    for (const TextRun& run : type.asText().runs()) {
        const auto* text = std::get_if<std::string>(&run.content);
        delta.push_back(Any::Object{{"insert", text ? Any(*text) : std::get<Any>(run.content)}, {"attributes", run.attributes}});
    }
    return Any::Object{{"$text", delta}, {"length", type.asText().size()}};
}

std::set<Origin> originsOf(const Any& command, std::string_view key)
{
    std::set<Origin> origins;
    if (const Any* listed = command.find(key)) {
        for (const Any& origin : *listed->array())
            origins.insert(*origin.string());
    }
    return origins;
}

UndoManager::Options undoOptions(const Any& command)
{
    UndoManager::Options options{originsOf(command, "origins"), std::chrono::milliseconds(numberOf(command, "capture"))};
    if (options.trackedOrigins.empty())
        options.trackedOrigins = {"me"};
    options.ignoreRemoteMapChanges = isSet(command, "ignoreRemoteMapChanges");
    if (isSet(command, "spareTypes"))
        options.deleteFilter = [](const UndoDeletion& deletion) { return deletion.type.isNull(); };
    if (const std::set<Origin> refused = originsOf(command, "refuse"); !refused.empty())
        options.captureTransaction = [refused](const Origin& origin, const auto&) { return !refused.contains(origin); };
    return options;
}

/// Roots by name; none given: all three. An empty list is the whole document.
std::vector<SharedType> undoScope(Doc& doc, const Any& command)
{
    const Any* names = command.find("scope");
    const Any::Array all{"m", "a", "t"};
    std::vector<SharedType> scope;
    for (const Any& name : names ? *names->array() : all)
        scope.push_back(*name.string() == "m"   ? SharedType(doc.map("m"))
                        : *name.string() == "a" ? SharedType(doc.array("a"))
                                                : SharedType(doc.text("t")));
    return scope;
}

/// An undo manager and what it told since it was last asked.
struct Undoer {
    Undoer(Doc& doc, const Any& command, const tessera::Clock& clock)
        : options(command), tracked(undoOptions(command).trackedOrigins),
          undo(doc, undoScope(doc, command), undoOptions(command), clock)
    {
        token = undo.onEvent([this](const UndoEvent& event) {
            static constexpr const char* names[] = {"added", "updated", "popped", "cleared"};
            events.push_back(std::string(names[static_cast<int>(event.kind)]) +
                             (event.stack == UndoStack::undo ? " undo" : " redo"));
        });
    }
    Any tell()
    {
        return Any::Object{{"undo", undo.depth(UndoStack::undo)}, {"redo", undo.depth(UndoStack::redo)},
                           {"events", std::exchange(events, {})}};
    }
    void track(const Origin& origin, bool isTracked)
    {
        isTracked ? undo.track(origin) : undo.untrack(origin);
        isTracked ? void(tracked.insert(origin)) : void(tracked.erase(origin));
    }
    Any options;
    std::set<Origin> tracked;
    UndoManager undo;
    Any::Array events;
    Doc::Subscription token;
};

struct Peer {
    explicit Peer(const Any& command)
        : Peer(ClientId{numberOf(command, "client")}, *command.find("gc")->boolean())
    {
        undoers.push_back(std::make_unique<Undoer>(doc, command, clock));
        if (const Any* second = command.find("second"))
            undoers.push_back(std::make_unique<Undoer>(doc, *second, clock));
    }
    Peer(ClientId client, bool collects) : doc({.clientId = client, .gc = collects}), gc(collects)
    {
        token = doc.onUpdate([this](ByteView update, const Origin&, bool) { updates.push_back(toHex(update)); });
    }
    /// The same document and managers under a new client id, as if closed and opened again. On its way the document
    /// goes through one without undo, which collects all that was deleted.
    [[nodiscard]] std::unique_ptr<Peer> reopened(ClientId client) const
    {
        Doc plain({.clientId = ClientId{number(client) + 1}});
        (void)plain.applyUpdate(doc.encodeStateAsUpdate());
        auto after = std::make_unique<Peer>(client, gc);
        for (const auto& undoer : undoers) {
            after->undoers.push_back(std::make_unique<Undoer>(after->doc, undoer->options, after->clock));
            for (const Origin& origin : undoOptions(undoer->options).trackedOrigins)
                after->undoers.back()->track(origin, false);
            for (const Origin& origin : undoer->tracked)
                after->undoers.back()->track(origin, true);
        }
        (void)after->doc.applyUpdate(plain.encodeStateAsUpdate(), "load");
        for (std::size_t i = 0; i < undoers.size(); ++i) {
            const auto restored = after->undoers[i]->undo.restore(undoers[i]->undo.save());
            if (!restored)
                return nullptr;
        }
        return after;
    }
    ManualClock clock;
    Doc doc;
    bool gc;
    std::vector<std::unique_ptr<Undoer>> undoers;
    Doc::Subscription token;
    Any::Array updates;
};

class Host
{
public:
    Any answer(const Any& command)
    {
        const std::string name = textOf(command, "do");
        const std::size_t id = numberOf(command, "peer");
        if (name == "new") {
            m_peers[id] = std::make_unique<Peer>(command);
            return nullptr;
        }
        if (name == "reset") {
            m_peers.clear();
            return nullptr;
        }
        Peer& peer = *m_peers.at(id);
        UndoManager& undo = peer.undoers.at(numberOf(command, "manager"))->undo;
        peer.updates.clear();
        if (name == "edit") {
            peer.doc.transact(textOf(command, "origin"), [&](Transaction& t) {
                for (const Any& edit : *command.find("edits")->array())
                    apply(t, edit);
            });
        } else if (name == "undo") {
            undo.undo();
        } else if (name == "redo") {
            undo.redo();
        } else if (name == "stop") {
            undo.stopCapturing();
        } else if (name == "clear") {
            undo.clear();
        } else if (name == "track") {
            peer.undoers.at(numberOf(command, "manager"))->track(textOf(command, "origin"), true);
        } else if (name == "untrack") {
            peer.undoers.at(numberOf(command, "manager"))->track(textOf(command, "origin"), false);
        } else if (name == "reopen") {
            m_peers[id] = peer.reopened(ClientId{numberOf(command, "client")});
            return m_peers[id] ? Any(Any::Array{}) : Any("the undo stacks were refused");
        } else if (name == "wait") {
            peer.clock.advance(std::chrono::milliseconds(numberOf(command, "ms")));
        } else if (name == "stacks") {
            Any::Array told;
            for (const auto& undoer : peer.undoers)
                told.push_back(undoer->tell());
            return told;
        } else if (name == "apply") {
            const auto applied = peer.doc.applyUpdate(fromHex(textOf(command, "update")).value(), "remote");
            if (!applied)
                return Any::Object{{"error", describe(applied.error())}};
        } else if (name == "encode") {
            const auto since = decodeStateVector(fromHex(textOf(command, "since")).value());
            return toHex(peer.doc.encodeStateAsUpdate(since.value()));
        } else if (name == "vector") {
            return toHex(encodeStateVector(peer.doc.stateVector()));
        } else if (name == "dump") {
            return Any::Object{{"t", dump(peer.doc.text("t"))}, {"m", dump(peer.doc.map("m"))},
                               {"a", dump(peer.doc.array("a"))}, {"pending", peer.doc.hasPending()}};
        }
        return peer.updates;
    }

private:
    std::map<std::size_t, std::unique_ptr<Peer>> m_peers;
};

} // namespace

int main()
{
    Host host;
    std::string line;
    while (std::getline(std::cin, line)) {
        const auto command = parseJson(line);
        if (!command) {
            std::cerr << "bad command: " << describe(command.error()) << '\n';
            return 1;
        }
        std::cout << toJson(host.answer(*command)) << '\n' << std::flush;
    }
}
