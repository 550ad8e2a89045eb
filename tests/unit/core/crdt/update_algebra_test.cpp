#include <QtTest>

#include <core/crdt/update.h>

#include "random_tree.h"
#include "replicas.h"
#include "seeds.h"

using namespace tessera;
using namespace tessera::crdt;
using namespace tessera::crdt::test;

namespace {

constexpr UpdateFormat formats[] = {UpdateFormat::v1, UpdateFormat::v2};

UpdateFormat otherThan(UpdateFormat format)
{
    return format == UpdateFormat::v1 ? UpdateFormat::v2 : UpdateFormat::v1;
}

/// Three people who edit trees and now and then hear of each other; all their updates in both
/// formats.
class History
{
public:
    explicit History(quint64 seed) : random(seed)
    {
        static const std::uint64_t ids[][3] = {
            {1, 2, 3}, {300, 20, 1}, {9007199254740991, 4294967296, 127}};
        const auto& clients = ids[random.below(3)];
        for (std::size_t i = 0; i < 3; ++i) {
            people.push_back(std::make_unique<Replica>(clients[i], chance(random, 70)));
            editors.push_back(std::make_unique<TreeEditor>(people[i]->doc, random));
            editors[i]->pairs = false; // merging cuts pairs where applying does not
            tokens.push_back(people[i]->doc.onUpdate(
                [this](ByteView update, const Origin&, bool local) {
                    if (local)
                        updates[1].emplace_back(update.begin(), update.end());
                },
                UpdateFormat::v2));
        }
        for (int step = 0; step < 40; ++step) {
            const std::size_t who = random.below(3);
            if (chance(random, 75)) {
                people[who]->edit([&](Transaction& t) {
                    for (std::uint64_t i = 1 + random.below(3); i > 0; --i)
                        editors[who]->edit(t);
                });
            } else {
                people[who]->receive(*people[(who + 1) % 3]);
            }
        }
        // Clean-up after receiving counts as made here, so all that anybody emitted as local is
        // there.
        for (const auto& person : people)
            updates[0].insert(updates[0].end(), person->made.begin(), person->made.end());
    }
    [[nodiscard]] const std::vector<Bytes>& of(UpdateFormat format) const
    {
        return updates[format == UpdateFormat::v1 ? 0 : 1];
    }
    [[nodiscard]] Replica& anybody() { return *people[random.below(3)]; }
    /// For each client some clock up to its last.
    [[nodiscard]] StateVector someVector(const Doc& doc)
    {
        StateVector vector;
        for (const auto& [client, clock] : doc.stateVector()) {
            if (const std::uint64_t known = random.below(clock + 1); known > 0)
                vector[client] = known;
        }
        return vector;
    }

    SeededRandom random;
    Replicas people;
    std::vector<std::unique_ptr<TreeEditor>> editors;
    std::vector<Doc::Subscription> tokens;
    std::vector<Bytes> updates[2];
};

struct Loaded {
    std::string portrait;
    StateVector vector;
    bool isWaiting = false;
    friend bool operator==(const Loaded&, const Loaded&) = default;
};

/// What a fresh document shows that got these updates, in this order.
Loaded loaded(const std::vector<Bytes>& updates, UpdateFormat format)
{
    Doc doc({.clientId = ClientId{12345}, .gc = false});
    for (const Bytes& update : updates) {
        if (!doc.applyUpdate(update, {}, format))
            return {};
    }
    return {Portrait::of(doc), doc.stateVector(), doc.hasPending()};
}

} // namespace

/// Updates as bytes: merging, cutting and converting are what applying makes of them.
class UpdateAlgebraTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void mergedIsAppliedAtOnce_data() { addSeedRows(40); }
    void mergedIsAppliedAtOnce()
    {
        QFETCH(quint64, seed);
        History history(seed);
        Loaded whole[2];
        for (const UpdateFormat format : formats) {
            std::vector<Bytes> all = history.of(format);
            const Loaded inTurn = loaded(all, format);
            QVERIFY(!inTurn.isWaiting);
            for (int round = 0; round < 4; ++round) {
                shuffle(history.random, all);
                const Bytes merged = mergeUpdates(all, format).value();
                QVERIFY(loaded({merged}, format) == inTurn);
                QVERIFY(stateVectorOf(merged, format).value() == inTurn.vector);
                QVERIFY(inspectUpdate(merged, format)->to == inTurn.vector);
                // In any groups the same comes out.
                const std::size_t cut = history.random.below(all.size() + 1);
                const std::vector<Bytes> left(all.begin(), all.begin() + std::ptrdiff_t(cut)),
                    right(all.begin() + std::ptrdiff_t(cut), all.end());
                const Bytes parts =
                    mergeUpdates(std::vector<Bytes>{mergeUpdates(left, format).value(),
                                                    mergeUpdates(right, format).value()},
                                 format)
                        .value();
                QVERIFY(loaded({parts}, format) == inTurn);
                QVERIFY(loaded({merged, merged, parts}, format) == inTurn);
            }
            whole[format == UpdateFormat::v1 ? 0 : 1] = inTurn;
        }
        QVERIFY(whole[0] == whole[1]);
    }

    void aDiffIsWhatSomebodyLacks_data() { addSeedRows(40); }
    void aDiffIsWhatSomebodyLacks()
    {
        QFETCH(quint64, seed);
        History history(seed);
        for (const UpdateFormat format : formats) {
            Replica& person = history.anybody();
            const Bytes state = person.doc.encodeStateAsUpdate({}, format);
            const Loaded whole = loaded({state}, format);
            for (int round = 0; round < 6; ++round) {
                const StateVector known = history.someVector(person.doc);
                const Bytes cut = diffUpdate(state, known, format).value();
                const Bytes asked = person.doc.encodeStateAsUpdate(known, format);
                const auto summary = inspectUpdate(cut, format).value();
                for (const auto& [client, from] : summary.from)
                    QCOMPARE(from, known.contains(client) ? known.at(client) : 0);
                for (const auto& [client, clock] : person.doc.stateVector())
                    QCOMPARE(summary.to.contains(client),
                             clock > (known.contains(client) ? known.at(client) : 0));
                QCOMPARE(summary.deletedUnits,
                         inspectUpdate(state, format)->deletedUnits); // deletes are kept whole
                QVERIFY(inspectUpdate(asked, format)->from == summary.from &&
                        inspectUpdate(asked, format)->to == summary.to);
                // With what was known, or with less than that, or more, it is the whole.
                QVERIFY(loaded({cut, state}, format) == whole);
                QVERIFY(loaded({state, asked}, format) == whole);
                const Bytes merged = mergeUpdates(std::vector<Bytes>{cut, state}, format).value();
                QVERIFY(loaded({merged}, format) == whole);
                // Cutting again changes no more than any rewriting does; see below.
                QCOMPARE(diffUpdate(cut, known, format).value(),
                         diffUpdate(cut, {}, format).value());
            }
            QVERIFY(
                inspectUpdate(diffUpdate(state, person.doc.stateVector(), format).value(), format)
                    ->to.empty());
        }
    }

    /// The first rewriting drops what no reader needs (a key behind an origin), as in Yjs; then
    /// nothing changes any more.
    void rewritingIsTheSameInEveryWay_data() { addSeedRows(40); }
    void rewritingIsTheSameInEveryWay()
    {
        QFETCH(quint64, seed);
        History history(seed);
        for (const UpdateFormat format : formats) {
            std::vector<Bytes> all = history.of(format);
            all.push_back(history.anybody().doc.encodeStateAsUpdate({}, format));
            all.push_back(mergeUpdates(all, format).value());
            for (const Bytes& update : all) {
                const Bytes there = convertUpdate(update, format, otherThan(format)).value();
                const Bytes back = convertUpdate(there, otherThan(format), format).value();
                QCOMPARE(convertUpdate(update, format, format).value(), back);
                QCOMPARE(diffUpdate(update, {}, format).value(), back);
                QCOMPARE(convertUpdate(back, format, otherThan(format)).value(), there);
                QVERIFY(loaded({back}, format) == loaded({update}, format));
                const auto here = inspectUpdate(update, format).value();
                const auto other = inspectUpdate(there, otherThan(format)).value();
                QVERIFY(here.from == other.from && here.to == other.to &&
                        here.deletedUnits == other.deletedUnits);
                QCOMPARE(here.isEmpty(), other.isEmpty());
                QVERIFY(stateVectorOf(update, format).value() ==
                        stateVectorOf(there, otherThan(format)).value());
            }
        }
    }

    /// What an update says of itself is what its transaction did.
    void updatesSayWhatTheirTransactionsDid_data() { addSeedRows(40); }
    void updatesSayWhatTheirTransactionsDid()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        Replica a(1), b(2);
        TreeEditor mine(a.doc, random), theirs(b.doc, random);
        std::optional<TransactionEvent> event;
        bool fits = true;
        const auto transactions =
            a.doc.onTransaction([&](const TransactionEvent& told) { event = told; });
        const auto updates = a.doc.onUpdate([&](ByteView update, const Origin& origin, bool local) {
            const auto summary = inspectUpdate(update).value();
            fits = fits && event && summary.from == event->before && summary.to == event->after &&
                   origin == event->origin && local == event->local && !summary.isEmpty() &&
                   !isEmptyUpdate(update);
            event.reset();
        });
        for (int step = 0; step < 80; ++step) {
            if (chance(random, 60)) {
                a.edit([&](Transaction& t) { mine.edit(t); }, "me");
            } else if (chance(random, 60)) {
                b.edit([&](Transaction& t) { theirs.edit(t); });
            } else if (chance(random, 50)) {
                QVERIFY(b.receive(a));
            } else {
                QVERIFY(a.receive(b));
            }
            QVERIFY2(fits && !event, qPrintable(QString("step %1").arg(step)));
        }
    }

    void nothingIsNeutral_data() { addSeedRows(10); }
    void nothingIsNeutral()
    {
        QFETCH(quint64, seed);
        History history(seed);
        for (const UpdateFormat format : formats) {
            const Bytes nothing = mergeUpdates({}, format).value();
            QVERIFY(inspectUpdate(nothing, format)->isEmpty());
            QVERIFY(nothing == Doc().encodeStateAsUpdate({}, format));
            for (const Bytes& update : history.of(format)) {
                const Bytes merged =
                    mergeUpdates(std::vector<Bytes>{nothing, update, nothing}, format).value();
                QVERIFY(loaded({merged}, format) == loaded({update}, format));
                QVERIFY(loaded({nothing, update}, format) == loaded({update}, format));
            }
        }
    }
};

QTEST_APPLESS_MAIN(UpdateAlgebraTest)
#include "update_algebra_test.moc"
