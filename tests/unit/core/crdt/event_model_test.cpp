#include <QtTest>

#include <core/base/clock.h>
#include <core/base/utf.h>
#include <core/crdt/events.h>
#include <core/crdt/undo_manager.h>

#include "random_tree.h"
#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

/// A value as somebody keeps it who reads no documents: types by what they are, not by what they
/// hold.
std::string shadowOf(const Value& value)
{
    if (const auto* type = std::get_if<SharedType>(&value))
        return "type " + std::to_string(reinterpret_cast<std::uintptr_t>(type->branch()));
    return Portrait::of(value);
}

std::string attributesOf(const Any::Object& attributes)
{
    return Portrait::ofObject(attributes);
}

/// One visible unit of a list or a text.
struct Unit {
    std::string content;
    Any::Object attributes;
    friend bool operator==(const Unit& a, const Unit& b)
    {
        return a.content == b.content && attributesOf(a.attributes) == attributesOf(b.attributes);
    }
};

void change(Any::Object& attributes, const Any::Object& by)
{
    for (const auto& [key, value] : by) {
        std::erase_if(attributes, [&](const auto& entry) { return entry.first == key; });
        if (!value.isNull())
            attributes.emplace_back(key, value);
    }
}

/// What a text editor or a list view does with events: it never looks at the document again.
class Shadow
{
public:
    explicit Shadow(const SharedType& type) : m_units(unitsOf(type)), m_entries(entriesOf(type)) {}

    void take(const TypeEvent& event)
    {
        ++eventCount;
        std::size_t at = 0;
        for (const DeltaOp& op : event.delta)
            step(event.target, op, at);
        const DeltaOp* lastOp = event.delta.empty() ? nullptr : &event.delta.back();
        m_isWhole = m_isWhole && (!lastOp || lastOp->kind != DeltaOp::Kind::retain ||
                                  !lastOp->attributes.empty());
        std::string last;
        for (const auto& [key, keyChange] : event.keys) {
            m_isWhole = m_isWhole && (last.empty() || last < key);
            last = key;
            entry(event.target, key, keyChange);
        }
    }
    [[nodiscard]] bool agrees(const SharedType& type) const
    {
        return m_isWhole && m_units == unitsOf(type) && m_entries == entriesOf(type);
    }
    int eventCount = 0;

private:
    using Entries = std::map<std::string, std::string>;

    void step(const SharedType& target, const DeltaOp& op, std::size_t& at)
    {
        m_isWhole = m_isWhole && op.count > 0;
        switch (op.kind) {
        case DeltaOp::Kind::retain:
            m_isWhole = m_isWhole && at + op.count <= m_units.size();
            for (std::size_t i = 0; m_isWhole && i < op.count; ++i)
                change(m_units[at + i].attributes, op.attributes);
            at += op.count;
            return;
        case DeltaOp::Kind::remove:
            m_isWhole = m_isWhole && at + op.count <= m_units.size();
            if (m_isWhole)
                m_units.erase(m_units.begin() + std::ptrdiff_t(at),
                              m_units.begin() + std::ptrdiff_t(at + op.count));
            return;
        case DeltaOp::Kind::insert: {
            std::vector<Unit> made;
            for (const Value& value : op.values) {
                const auto* any = std::get_if<Any>(&value);
                if (!target.asText().isNull() && any && any->string())
                    appendText(made, *any->string(), op.attributes);
                else
                    made.push_back({shadowOf(value), op.attributes});
            }
            m_isWhole = m_isWhole && made.size() == op.count && at <= m_units.size();
            if (m_isWhole)
                m_units.insert(m_units.begin() + std::ptrdiff_t(at), made.begin(), made.end());
            at += op.count;
        }
        }
    }
    void entry(const SharedType& target, const std::string& key, const KeyChange& keyChange)
    {
        const auto known = m_entries.find(key);
        const Entries now = entriesOf(target);
        m_isWhole = m_isWhole &&
                    (known == m_entries.end()) == (keyChange.action == KeyChange::Action::add) &&
                    (!keyChange.oldValue || known == m_entries.end() ||
                     shadowOf(*keyChange.oldValue) == known->second) &&
                    keyChange.oldValue.has_value() == (known != m_entries.end()) &&
                    now.contains(key) == (keyChange.action != KeyChange::Action::remove);
        if (!m_isWhole)
            return;
        if (keyChange.action == KeyChange::Action::remove)
            m_entries.erase(known);
        else
            m_entries[key] = now.at(key);
    }

    static void appendText(std::vector<Unit>& units, std::string_view utf8,
                           const Any::Object& attributes)
    {
        for (const char16_t unit : toUtf16(utf8))
            units.push_back({toUtf8(std::u16string(1, unit)), attributes});
    }
    static std::vector<Unit> unitsOf(const SharedType& type)
    {
        std::vector<Unit> units;
        const auto take = [&](std::size_t, const Value& value) {
            units.push_back({shadowOf(value), {}});
        };
        if (const Text text = type.asText(); !text.isNull()) {
            for (const TextRun& run : text.runs()) {
                if (const auto* plain = std::get_if<std::string>(&run.content))
                    appendText(units, *plain, run.attributes);
                else if (const auto* embed = std::get_if<Any>(&run.content))
                    units.push_back({shadowOf(*embed), run.attributes});
                else
                    units.push_back({shadowOf(std::get<SharedType>(run.content)), run.attributes});
            }
        } else if (const Array array = type.asArray(); !array.isNull()) {
            array.forEach(take);
        } else if (const XmlFragment fragment = type.asXmlFragment(); !fragment.isNull()) {
            fragment.forEach(take);
        }
        return units;
    }
    static Entries entriesOf(const SharedType& type)
    {
        Entries entries;
        const auto take = [&](std::string_view key, const Value& value) {
            entries.emplace(key, shadowOf(value));
        };
        if (const Map map = type.asMap(); !map.isNull())
            map.forEach(take);
        if (const XmlElement element = type.asXmlElement(); !element.isNull())
            element.forEachAttribute(take);
        if (const Text text = type.asText(); !text.isNull())
            text.forEachAttribute(take);
        return entries;
    }

    std::vector<Unit> m_units;
    Entries m_entries;
    bool m_isWhole = true; ///< all events so far made sense
};

/// Follows a path from the observed type down.
SharedType typeAt(SharedType type, const Path& path)
{
    for (const auto& step : path) {
        std::optional<Value> value;
        if (const auto* key = std::get_if<std::string>(&step))
            value = Map(&type.doc(), type.branch()).get(*key);
        else if (const Text text = type.asText(); !text.isNull())
            return {}; // embedded types are reached through runs
        else
            value = Array(&type.doc(), type.branch()).get(std::get<std::size_t>(step));
        const auto* next = value ? std::get_if<SharedType>(&*value) : nullptr;
        if (!next)
            return {};
        type = *next;
    }
    return type;
}

/// Three people, one of whom undoes, who hear of each other now and then.
class Company
{
public:
    explicit Company(quint64 seed)
        : random(seed),
          undo(people[0]->doc, {},
               {.trackedOrigins = {"me"}, .captureTimeout = std::chrono::milliseconds(0)}, clock)
    {
        for (const auto& person : people) {
            editors.push_back(std::make_unique<TreeEditor>(person->doc, random));
            editors.back()->pairs =
                false; // a cut through a pair changes units that no event tells of, as in Yjs
        }
    }
    void step()
    {
        const std::size_t who = random.below(people.size());
        const std::uint64_t roll = random.below(100);
        if (roll < 55) {
            people[who]->edit(
                [&](Transaction& t) {
                    for (std::uint64_t i = chance(random, 30) ? 4 : 1; i > 0; --i)
                        editors[who]->edit(t);
                },
                "me");
        } else if (roll < 65) {
            undo.undo();
        } else if (roll < 70) {
            undo.redo();
        } else {
            people[who]->receive(*people[(who + 1 + random.below(2)) % 3]);
        }
    }

    SeededRandom random;
    ManualClock clock;
    Replicas people = [] {
        Replicas made;
        for (const std::uint64_t client : {1, 2, 3})
            made.push_back(std::make_unique<Replica>(client));
        return made;
    }();
    std::vector<std::unique_ptr<TreeEditor>> editors;
    UndoManager undo;
};

} // namespace

/// Whoever only listens knows as much as who reads: events against shadows that are built from
/// nothing else.
class EventModelTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void shadowsOfTheRootsStayEqualToThem_data() { addSeedRows(60); }
    void shadowsOfTheRootsStayEqualToThem()
    {
        QFETCH(quint64, seed);
        Company company(seed);
        Doc& doc = company.people[0]->doc;
        const SharedType roots[] = {doc.map("m"), doc.array("a"), doc.text("t"),
                                    doc.xmlFragment("x")};
        std::vector<std::unique_ptr<Shadow>> shadows;
        std::vector<Doc::Subscription> tokens;
        for (const SharedType& root : roots) {
            Shadow* shadow = shadows.emplace_back(std::make_unique<Shadow>(root)).get();
            tokens.push_back(
                observe(root, [shadow](const TypeEvent& event, const TransactionInfo&) {
                    shadow->take(event);
                }));
        }
        for (int step = 0; step < 120; ++step) {
            company.step();
            for (std::size_t i = 0; i < std::size(roots); ++i)
                QVERIFY2(shadows[i]->agrees(roots[i]),
                         qPrintable(QString("root %1 after step %2").arg(i).arg(step)));
        }
        QVERIFY(std::any_of(shadows.begin(), shadows.end(),
                            [](const auto& shadow) { return shadow->eventCount > 5; }));
    }

    void everyTypeThatLivesIsToldByDeepEvents_data() { addSeedRows(60); }
    void everyTypeThatLivesIsToldByDeepEvents()
    {
        QFETCH(quint64, seed);
        Company company(seed);
        Doc& doc = company.people[0]->doc;
        // A shadow of each type that was ever seen; new ones are read when they come, as their
        // events tell nothing.
        std::map<Branch*, Shadow> shadows;
        std::map<Branch*, SharedType> types;
        const auto meet = [&](const auto& self, const SharedType& type) -> void {
            if (types.emplace(type.branch(), type).second)
                shadows.emplace(type.branch(), Shadow(type));
            const auto visit = [&](const auto&, const Value& value) {
                if (const auto* below = std::get_if<SharedType>(&value))
                    self(self, *below);
            };
            Map(&doc, type.branch()).forEach(visit);
            if (type.asText().isNull())
                Array(&doc, type.branch()).forEach(visit);
        };
        const SharedType roots[] = {doc.map("m"), doc.array("a"), doc.text("t"),
                                    doc.xmlFragment("x")};
        std::vector<Doc::Subscription> tokens;
        bool pathsLead = true;
        bool shortestFirst = true;
        for (const SharedType& root : roots) {
            meet(meet, root);
            tokens.push_back(observeDeep(
                root, [&, root](std::span<const TypeEvent> events, const TransactionInfo&) {
                    std::size_t length = 0;
                    for (const TypeEvent& event : events) {
                        shortestFirst = shortestFirst && length <= event.path.size();
                        length = event.path.size();
                        pathsLead = pathsLead && typeAt(root, event.path) == event.target;
                        if (const auto known = shadows.find(event.target.branch());
                            known != shadows.end())
                            known->second.take(event);
                    }
                    meet(meet, root);
                }));
        }
        for (int step = 0; step < 100; ++step) {
            company.step();
            for (const auto& [branch, type] : types) {
                if (!type.isDeleted())
                    QVERIFY2(shadows.at(branch).agrees(type),
                             qPrintable(QString("step %1").arg(step)));
            }
            QVERIFY(pathsLead && shortestFirst);
        }
    }

    /// The same edits, but each reader hears of several transactions at once.
    void whatManyTransactionsDidIsToldAsOne_data() { addSeedRows(40); }
    void whatManyTransactionsDidIsToldAsOne()
    {
        QFETCH(quint64, seed);
        Company company(seed);
        Replica reader(9);
        const SharedType roots[] = {reader.map(), reader.array(), reader.text(),
                                    reader.doc.xmlFragment("x")};
        std::vector<std::unique_ptr<Shadow>> shadows;
        std::vector<Doc::Subscription> tokens;
        for (const SharedType& root : roots) {
            Shadow* shadow = shadows.emplace_back(std::make_unique<Shadow>(root)).get();
            tokens.push_back(
                observe(root, [shadow](const TypeEvent& event, const TransactionInfo& transaction) {
                    shadow->take(event);
                    Q_ASSERT(transaction.origin.empty());
                }));
        }
        for (int round = 0; round < 12; ++round) {
            for (std::uint64_t i = company.random.below(25); i > 0; --i)
                company.step();
            QVERIFY(reader.receive(*company.people[company.random.below(3)]));
            for (std::size_t i = 0; i < std::size(roots); ++i)
                QVERIFY2(shadows[i]->agrees(roots[i]),
                         qPrintable(QString("root %1 in round %2").arg(i).arg(round)));
        }
    }

    /// A transaction says which keys and lists changed: no more than did, no less.
    void changesOfATransactionAreThoseOfItsTypes_data() { addSeedRows(40); }
    void changesOfATransactionAreThoseOfItsTypes()
    {
        QFETCH(quint64, seed);
        Company company(seed);
        Doc& doc = company.people[0]->doc;
        const SharedType roots[] = {doc.map("m"), doc.array("a"), doc.text("t"),
                                    doc.xmlFragment("x")};
        const auto portraits = [&] {
            std::vector<std::string> all;
            for (const SharedType& root : roots)
                all.push_back(Portrait::of(root));
            return all;
        };
        std::set<std::string> told;
        StateVector vector;
        bool vectorsFit = true;
        const auto token = doc.onTransaction([&](const TransactionEvent& event) {
            for (const TypeChange& change : event.changes) {
                told.insert(change.path.front());
                vectorsFit = vectorsFit && (change.childListChanged || !change.keysChanged.empty());
            }
            for (const auto& [client, clock] : event.before)
                vectorsFit =
                    vectorsFit && vector[client] == clock && event.after.at(client) > clock;
            for (const auto& [client, clock] : event.after)
                vector[client] = clock;
        });
        std::vector<std::string> before = portraits();
        for (int step = 0; step < 120; ++step) {
            told.clear();
            company.step();
            const std::vector<std::string> after = portraits();
            const char* const names[] = {"m", "a", "t", "x"};
            for (std::size_t i = 0; i < std::size(roots); ++i)
                QVERIFY2(before[i] == after[i] || told.contains(names[i]),
                         qPrintable(QString("step %1").arg(step)));
            QVERIFY(vectorsFit);
            QVERIFY(vector == doc.stateVector());
            before = after;
        }
    }
};

QTEST_APPLESS_MAIN(EventModelTest)
#include "event_model_test.moc"
