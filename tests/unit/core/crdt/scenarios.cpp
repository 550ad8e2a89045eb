#include "scenarios.h"

#include <core/crdt/undo_manager.h>

namespace tessera::crdt::test {
namespace {

using Edit = std::function<void(Transaction&)>;

void edit(Doc& doc, const Edit& body) { doc.transact({}, body); }

void insertText(Doc& doc, std::size_t at, std::string_view text)
{
    edit(doc, [&](Transaction& t) { doc.text("t").insert(t, at, text); });
}

void removeText(Doc& doc, std::size_t at, std::size_t count)
{
    edit(doc, [&](Transaction& t) { doc.text("t").remove(t, at, count); });
}

void formatText(Doc& doc, std::size_t at, std::size_t count, const Any::Object& attributes)
{
    edit(doc, [&](Transaction& t) { doc.text("t").format(t, at, count, attributes); });
}

void setKey(Doc& doc, std::string_view key, const NewValue& value)
{
    edit(doc, [&](Transaction& t) { doc.map("m").set(t, key, value); });
}

void removeMiddle(Doc& doc)
{
    insertText(doc, 0, "abcdef");
    removeText(doc, 1, 3);
}

void nested(Doc& doc)
{
    edit(doc, [&](Transaction& t) {
        Map n = doc.map("m").set(t, "n", NewType{}).asMap();
        n.set(t, "x", Any(1.5));
        n.set(t, "y", Any(0.1));
        Array list = n.set(t, "list", NewType{.kind = TypeKind::array}).asArray();
        list.insert(t, 0, {Any(1), Any(true), Any("x"), Any(Any::Object{{"q", Any(Any::Array{})}})});
    });
}

void formatOverlap(Doc& doc)
{
    insertText(doc, 0, "one two three");
    formatText(doc, 0, 7, {{"bold", true}, {"size", 12}});
    formatText(doc, 4, 9, {{"bold", nullptr}, {"color", "#f00"}});
    insertText(doc, 3, "X");
    edit(doc, [&](Transaction& t) { doc.text("t").insert(t, 8, "Y", Any::Object{{"bold", true}}); });
    removeText(doc, 2, 4);
}

/// Steps of one history, each a scenario of its own.
Scenario undoText(int steps)
{
    return [steps](Doc& doc) {
        ManualClock clock;
        UndoManager undo(doc, {doc.text("t")}, {{""}, std::chrono::milliseconds(0)}, clock);
        insertText(doc, 0, "hello");
        insertText(doc, 5, " world");
        removeText(doc, 0, 1);
        undo.undo();
        if (steps > 1)
            undo.undo();
        if (steps > 2)
            undo.redo();
    };
}

Scenario undoNested(int steps)
{
    return [steps](Doc& doc) {
        ManualClock clock;
        UndoManager undo(doc, {doc.map("m")}, {{""}, std::chrono::milliseconds(0)}, clock);
        setKey(doc, "n", NewType{.kind = TypeKind::map, .entries = {{"a", Any(1)}, {"list", NewType{.kind = TypeKind::array}}}});
        Map n = doc.map("m").getType("n").asMap();
        edit(doc, [&](Transaction& t) { n.getType("list").asArray().push(t, {Any(1), Any(2)}); });
        edit(doc, [&](Transaction& t) { n.set(t, "a", Any(2)); });
        edit(doc, [&](Transaction& t) { doc.map("m").remove(t, "n"); });
        undo.undo();
        if (steps > 1)
            undo.undo();
        if (steps > 2) {
            undo.redo();
            undo.redo();
        }
    };
}

void mixed(Doc& doc)
{
    Array a = doc.array("a");
    Text text = doc.text("t");
    Map m = doc.map("m");
    edit(doc, [&](Transaction& t) { a.push(t, {Any(1)}); });
    edit(doc, [&](Transaction& t) { a.push(t, {Any(2)}); });
    edit(doc, [&](Transaction& t) { a.insert(t, 1, {Any("x"), Any(Bytes{1})}); });
    edit(doc, [&](Transaction& t) { a.remove(t, 0, 2); });
    insertText(doc, 0, "hello");
    insertText(doc, 5, " there");
    removeText(doc, 2, 3);
    formatText(doc, 1, 4, {{"b", true}});
    edit(doc, [&](Transaction& t) {
        m.set(t, "k", Any(1));
        m.set(t, "k", Any(2));
        m.remove(t, "k");
        text.insert(t, 0, "zz");
        text.remove(t, 0, 2);
    });
    setKey(doc, "t", NewType{.kind = TypeKind::text, .text = "inner"});
    edit(doc, [&](Transaction& t) { m.getType("t").asText().insert(t, 5, "!"); });
    edit(doc, [&](Transaction& t) { m.remove(t, "t"); });
}

} // namespace

const std::map<std::string, Scenario>& scenarios()
{
    static const std::map<std::string, Scenario> all{
        {"text", [](Doc& doc) { insertText(doc, 0, "abc"); }},
        {"append",
         [](Doc& doc) {
             insertText(doc, 0, "abc");
             insertText(doc, 3, "def");
             insertText(doc, 1, "X");
         }},
        {"remove", removeMiddle},
        {"removeKept", removeMiddle},
        {"map",
         [](Doc& doc) {
             setKey(doc, "k", Any(1));
             setKey(doc, "k", Any("two"));
             setKey(doc, "z", Any(nullptr));
         }},
        {"nested", nested},
        {"removeNested",
         [](Doc& doc) {
             setKey(doc, "n", NewType{.kind = TypeKind::map, .entries = {{"a", Any(1)}, {"b", Any(2)}}});
             edit(doc, [&](Transaction& t) { doc.map("m").remove(t, "n"); });
         }},
        {"array",
         [](Doc& doc) {
             edit(doc, [&](Transaction& t) {
                 doc.array("a").insert(t, 0, {Any(1), Any(2), Any(Bytes{9, 8}), Any("z"), Any(nullptr)});
             });
         }},
        {"surrogate",
         [](Doc& doc) {
             insertText(doc, 0, "a\U0001F600b");
             insertText(doc, 2, "X");
         }},
        {"format",
         [](Doc& doc) {
             insertText(doc, 0, "bold plain");
             formatText(doc, 0, 4, {{"bold", true}});
         }},
        {"formatOverlap", formatOverlap},
        {"embed",
         [](Doc& doc) {
             insertText(doc, 0, "x");
             edit(doc, [&](Transaction& t) { doc.text("t").insertEmbed(t, 1, Any::Object{{"img", "u"}}); });
         }},
        {"client32", [](Doc& doc) { insertText(doc, 0, "m"); }},
        {"client53", [](Doc& doc) { insertText(doc, 0, "m"); }},
        {"undoDelete", undoText(1)},
        {"undoInsert", undoText(2)},
        {"redo", undoText(3)},
        {"undoNested", undoNested(1)},
        {"undoNestedTwice", undoNested(2)},
        {"redoNested", undoNested(3)},
        {"mixed", mixed},
    };
    return all;
}

} // namespace tessera::crdt::test
