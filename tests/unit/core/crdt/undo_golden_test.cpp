#include <QtTest>

#include <core/crdt/undo_manager.h>

#include "json_file.h"

using namespace tessera;
using namespace tessera::crdt;

namespace {

std::string textOf(const QJsonObject& object, const char* key)
{
    return object[QLatin1String(key)].toString().toStdString();
}
std::size_t sizeOf(const QJsonObject& object, const char* key)
{
    return static_cast<std::size_t>(object[QLatin1String(key)].toInt());
}

/// A plain value, {"$map": [[key, value]]}, {"$array": [value]} or {"$text": text}.
NewValue valueOf(const QJsonValue& json)
{
    const QJsonObject object = json.toObject();
    NewType type;
    if (object.contains("$map")) {
        for (const QJsonValue& entry : object["$map"].toArray())
            type.entries.emplace_back(entry[0].toString().toStdString(), valueOf(entry[1]));
        return type;
    }
    if (object.contains("$array")) {
        type.kind = TypeKind::array;
        for (const QJsonValue& element : object["$array"].toArray())
            type.elements.push_back(valueOf(element));
        return type;
    }
    return anyOfJson(json);
}

std::optional<Any::Object> attributesOf(const QJsonObject& edit)
{
    if (!edit.contains("attributes"))
        return std::nullopt;
    return *anyOfJson(edit["attributes"]).object();
}

SharedType typeAt(Doc& doc, const QJsonArray& path)
{
    const QString root = path[0].toString();
    SharedType type = root == "m"   ? SharedType(doc.map("m"))
                      : root == "a" ? SharedType(doc.array("a"))
                                    : SharedType(doc.text("t"));
    for (qsizetype i = 1; i < path.size(); ++i) {
        const auto value = path[i].isString()
                               ? type.asMap().get(path[i].toString().toStdString())
                               : type.asArray().get(static_cast<std::size_t>(path[i].toInt()));
        type = std::get<SharedType>(value.value());
    }
    return type;
}

void applyEdit(Transaction& t, const QJsonObject& edit)
{
    const SharedType type = typeAt(t.doc(), edit["path"].toArray());
    const std::string verb = textOf(edit, "verb");
    const std::size_t at = sizeOf(edit, "at");
    const std::size_t count = sizeOf(edit, "count");
    if (verb == "set") {
        type.asMap().set(t, textOf(edit, "key"), valueOf(edit["value"]));
    } else if (verb == "unset") {
        type.asMap().remove(t, textOf(edit, "key"));
    } else if (verb == "insert") {
        std::vector<NewValue> values;
        for (const QJsonValue& value : edit["values"].toArray())
            values.push_back(valueOf(value));
        type.asArray().insert(t, at, values);
    } else if (verb == "write") {
        type.asText().insert(t, at, textOf(edit, "text"), attributesOf(edit));
    } else if (verb == "remove" && type.asText().isNull()) {
        type.asArray().remove(t, at, count);
    } else if (verb == "remove") {
        type.asText().remove(t, at, count);
    } else {
        QCOMPARE(verb, std::string("format"));
        type.asText().format(t, at, count, *attributesOf(edit));
    }
}

UndoManager::Options optionsOf(const QJsonObject& peer)
{
    UndoManager::Options options;
    options.trackedOrigins = {"me"};
    for (const QJsonValue& origin : peer["origins"].toArray())
        options.trackedOrigins.insert(origin.toString().toStdString());
    options.captureTimeout = std::chrono::milliseconds(peer["captureMs"].toInt());
    options.ignoreRemoteMapChanges = peer["ignoreRemoteMapChanges"].toBool();
    if (peer["spareTypes"].toBool())
        options.deleteFilter = [](const UndoDeletion& deletion) { return deletion.type.isNull(); };
    if (peer.contains("refuse")) {
        options.captureTransaction = [refused = peer["refuse"].toArray()](const Origin& origin,
                                                                          const auto&) {
            return !refused.contains(QString::fromStdString(origin));
        };
    }
    return options;
}

std::vector<SharedType> scopeOf(Doc& doc, const QJsonObject& peer)
{
    if (!peer.contains("scope"))
        return {doc.map("m"), doc.array("a"), doc.text("t")};
    std::vector<SharedType> scope;
    for (const QJsonValue& path : peer["scope"].toArray())
        scope.push_back(typeAt(doc, path.toArray()));
    return scope;
}

struct Person {
    explicit Person(const QJsonObject& peer)
        : doc({.clientId = ClientId{sizeOf(peer, "client")}}),
          undo(doc, scopeOf(doc, peer), optionsOf(peer), clock)
    {
        updates = doc.onUpdate(
            [this](ByteView update, const Origin&, bool) { sent.push_back(toHex(update)); });
        steps = undo.onEvent([this](const UndoEvent& event) { note(event); });
    }

    void note(const UndoEvent& event)
    {
        static constexpr const char* names[] = {"added", "updated", "popped"};
        if (event.kind != UndoEvent::Kind::cleared)
            events.push_back(std::string(names[static_cast<int>(event.kind)]) +
                             (event.stack == UndoStack::undo ? " undo" : " redo"));
    }

    /// As generate_undo.mjs tells it; empties the lists of events and updates.
    Any state()
    {
        Any::Array text;
        for (const TextRun& run : doc.text("t").runs())
            text.push_back(Any::Object{{"insert", std::get<std::string>(run.content)},
                                       {"attributes", run.attributes}});
        return Any::Object{{"m", doc.map("m").toAny()},
                           {"a", doc.array("a").toAny()},
                           {"t", text},
                           {"undo", undo.depth(UndoStack::undo)},
                           {"redo", undo.depth(UndoStack::redo)},
                           {"events", std::exchange(events, {})},
                           {"sent", std::exchange(sent, {})}};
    }

    ManualClock clock;
    Doc doc;
    UndoManager undo;
    Any::Array sent;
    Any::Array events;
    Doc::Subscription updates;
    Doc::Subscription steps;
};

using People = std::vector<std::unique_ptr<Person>>;

void synchronize(People& people)
{
    for (const auto& to : people) {
        for (const auto& from : people) {
            if (to != from)
                QVERIFY(to->doc.applyUpdate(from->doc.encodeStateAsUpdate(to->doc.stateVector())));
        }
    }
}

std::optional<bool> take(People& people, const QJsonObject& step)
{
    Person& person = *people[sizeOf(step, "peer")];
    const std::string verb = textOf(step, "do");
    if (verb == "undo")
        return person.undo.undo();
    if (verb == "redo")
        return person.undo.redo();
    if (verb == "edit") {
        person.doc.transact(step["origin"].toString("me").toStdString(), [&](Transaction& t) {
            for (const QJsonValue& edit : step["edits"].toArray())
                applyEdit(t, edit.toObject());
        });
    } else if (verb == "sync") {
        synchronize(people);
    } else if (verb == "wait") {
        for (const auto& each : people)
            each->clock.advance(std::chrono::milliseconds(step["ms"].toInt()));
    } else if (verb == "stop") {
        person.undo.stopCapturing();
    } else if (verb == "clear") {
        step.contains("stack") ? person.undo.clear(UndoStack::redo) : person.undo.clear();
    } else if (verb == "track") {
        person.undo.track(textOf(step, "origin"));
    } else if (verb == "untrack") {
        person.undo.untrack(textOf(step, "origin"));
    } else if (verb == "scope") {
        person.undo.addToScope(typeAt(person.doc, step["path"].toArray()));
    } else {
        qFatal("unknown step %s", verb.c_str());
    }
    return std::nullopt;
}

} // namespace

/// Histories that yjs 13 ran (tests/golden/yjs/generate_undo.mjs): after every step the same
/// values, depths of the stacks, events and update bytes.
class UndoGoldenTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyStepIsWhatYjsDoes_data()
    {
        QTest::addColumn<QJsonObject>("history");
        const QJsonObject all = readJsonFile(qEnvironmentVariable("TESSERA_SOURCE_DIR") +
                                             "/tests/golden/yjs/undo.json");
        QVERIFY(all["histories"].toArray().size() > 30);
        for (const QJsonValue& history : all["histories"].toArray())
            QTest::newRow(qPrintable(history["name"].toString())) << history.toObject();
    }
    void everyStepIsWhatYjsDoes()
    {
        QFETCH(QJsonObject, history);
        People people;
        for (const QJsonValue& peer : history["peers"].toArray())
            people.push_back(std::make_unique<Person>(peer.toObject()));
        int number = 0;
        for (const QJsonValue& step : history["steps"].toArray()) {
            const auto done = take(people, step.toObject());
            const std::string what =
                std::to_string(++number) + ", " + step["do"].toString().toStdString();
            if (done)
                QVERIFY2(*done == step["done"].toBool(), what.c_str());
            for (std::size_t i = 0; i < people.size(); ++i) {
                const Any expected = anyOfJson(step["then"][static_cast<int>(i)]);
                const Any actual = people[i]->state();
                QVERIFY2(actual == expected,
                         ("step " + what + ", document " + std::to_string(i) + "\n ours " +
                          toJson(actual) + "\n yjs  " + toJson(expected))
                             .c_str());
            }
        }
    }
};

QTEST_APPLESS_MAIN(UndoGoldenTest)
#include "undo_golden_test.moc"
