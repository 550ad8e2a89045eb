#pragma once

#include <QtTest>

#include "json_file.h"

namespace tessera::crdt::test {

/// What yjs writes for many documents, in both formats; made by tests/golden/yjs/generate_v2.mjs.
inline const QJsonArray& goldenDocuments()
{
    static const QJsonArray all =
        readJsonFile(qEnvironmentVariable("TESSERA_SOURCE_DIR") + "/tests/golden/yjs/v2.json")["documents"].toArray();
    return all;
}

/// A data row `entry` for each of them.
inline void addGoldenRows()
{
    QTest::addColumn<QJsonObject>("entry");
    QVERIFY(goldenDocuments().size() > 100);
    for (const QJsonValue& entry : goldenDocuments())
        QTest::newRow(qPrintable(entry["id"].toString())) << entry.toObject();
}

} // namespace tessera::crdt::test
