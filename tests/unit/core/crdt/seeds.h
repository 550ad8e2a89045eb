#pragma once

#include <QtTest>

#include <core/base/random.h>

/// Seeds of the random histories. A failing row names its seed; TESSERA_SEED=<seed> replays that one alone, and
/// TESSERA_SEEDS=<count> runs that many instead of the usual few.
namespace tessera::crdt::test {

inline void addSeedRows(quint64 count)
{
    QTest::addColumn<quint64>("seed");
    if (const QByteArray replayed = qgetenv("TESSERA_SEED"); !replayed.isEmpty()) {
        QTest::addRow("seed %s", replayed.constData()) << replayed.toULongLong();
        return;
    }
    const int wanted = qEnvironmentVariableIntValue("TESSERA_SEEDS");
    for (quint64 seed = 1; seed <= (wanted > 0 ? quint64(wanted) : count); ++seed)
        QTest::addRow("seed %d", int(seed)) << seed;
}

/// True in `percent` of 100 cases.
inline bool chance(Random& random, std::uint64_t percent) { return random.below(100) < percent; }

} // namespace tessera::crdt::test
