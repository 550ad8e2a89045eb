#pragma once

#include <QtTest>

#include <core/crdt/undo_manager.h>
#include <core/crdt/update.h>

/// A person whose undo is saved and restored.
namespace tessera::crdt::test {

/// Somebody at work. Goes home and comes back as somebody with another client id.
struct Person {
    explicit Person(std::uint64_t client,
                    std::chrono::milliseconds timeout = std::chrono::milliseconds(0))
        : doc({.clientId = ClientId{client}}),
          undo(doc, {doc.map("m"), doc.array("a"), doc.text("t")}, {{"me"}, timeout}, clock)
    {
    }
    [[nodiscard]] Map map() { return doc.map("m"); }
    [[nodiscard]] Text text() { return doc.text("t"); }
    [[nodiscard]] Array array() { return doc.array("a"); }
    void edit(const std::function<void(Transaction&)>& body, const Origin& origin = "me")
    {
        doc.transact(origin, body);
    }
    void insert(std::size_t at, std::string_view word)
    {
        edit([&](Transaction& t) { text().insert(t, at, word); });
    }
    void remove(std::size_t at, std::size_t count)
    {
        edit([&](Transaction& t) { text().remove(t, at, count); });
    }
    void set(std::string_view key, const NewValue& value)
    {
        edit([&](Transaction& t) { map().set(t, key, value); });
    }
    void unset(std::string_view key)
    {
        edit([&](Transaction& t) { map().remove(t, key); });
    }
    void receive(const Doc& other)
    {
        QVERIFY(doc.applyUpdate(other.encodeStateAsUpdate(doc.stateVector()), "remote"));
    }
    [[nodiscard]] std::string json()
    {
        return toJson(map().toAny()) + toJson(array().toAny()) + toJson(Any(text().toString()));
    }

    ManualClock clock;
    Doc doc;
    UndoManager undo;
};

/// The document as a program without undo leaves it: all that was deleted is collected.
inline Bytes collected(const Doc& doc)
{
    Doc plain({.clientId = ClientId{999999}});
    if (!plain.applyUpdate(doc.encodeStateAsUpdate()))
        return {};
    return plain.encodeStateAsUpdate();
}

inline std::unique_ptr<Person> loaded(const Doc& doc, std::uint64_t client)
{
    auto person = std::make_unique<Person>(client);
    if (!person->doc.applyUpdate(collected(doc), "load"))
        return nullptr;
    return person;
}

inline std::unique_ptr<Person> reopened(Person& before, std::uint64_t client)
{
    auto after = loaded(before.doc, client);
    const auto restored = after->undo.restore(before.undo.save());
    return restored ? std::move(after) : nullptr;
}

/// A document with most of what can be undone, some of it undone already.
inline void work(Person& person)
{
    person.insert(0, "hello world");
    person.edit([&](Transaction& t) { person.text().format(t, 0, 5, {{"b", true}}); });
    person.remove(2, 6);
    person.set("tree",
               NewType{.entries = {
                           {"leaf", Any("green")},
                           {"list", NewType{.kind = TypeKind::array, .elements = {Any(1), Any(2)}}},
                           {"note", NewType{.kind = TypeKind::text, .text = "gr\u00fc\u00df"}}}});
    person.edit(
        [&](Transaction& t) { person.map().getType("tree").asMap().set(t, "leaf", Any("red")); });
    person.set("k", Any(Bytes{1, 2, 3}));
    person.edit([&](Transaction& t) { person.array().push(t, {Any("x"), NewType{}, Any(3)}); });
    person.edit([&](Transaction& t) { person.array().remove(t, 0, 2); });
    person.unset("tree");
    person.set("k", Any(2));
    person.undo.undo();
    person.undo.undo();
    person.undo.redo();
    person.undo.undo();
}

inline std::vector<std::string> statesOnTheWayBack(Person& person)
{
    std::vector<std::string> states{person.json()};
    while (person.undo.undo())
        states.push_back(person.json());
    while (person.undo.redo())
        states.push_back(person.json());
    return states;
}

} // namespace tessera::crdt::test
