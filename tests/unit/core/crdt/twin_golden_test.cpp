#include <QtTest>

#include "twin.h"

using namespace tessera::crdt;

Q_DECLARE_METATYPE(Any)

namespace {

/// With our reader: Qt's sorts members, and the order of some goes on the wire.
Any readGolden(const QString& name)
{
    QFile file(qEnvironmentVariable("TESSERA_SOURCE_DIR") + "/tests/golden/yjs/" + name + ".json");
    const QByteArray text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("{}");
    return parseJson(std::string_view(text.constData(), static_cast<std::size_t>(text.size())))
        .value();
}

QString failure(const Any& command, const Any& ours, const Any& theirs)
{
    return QString::fromStdString(toJson(command) + "\n  ours " + toJson(ours) + "\n  yjs  " +
                                  toJson(theirs));
}

} // namespace

/// Histories that yjs ran (tests/golden/yjs/generate_{types,events,positions,snapshots}.mjs): the
/// same commands get the same answers.
class TwinGoldenTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyCommandIsAnsweredAsByYjs_data()
    {
        QTest::addColumn<Any>("script");
        for (const char* name : {"types", "events", "positions", "snapshots"}) {
            const Any golden = readGolden(name);
            QVERIFY2(golden.find("scripts"), name);
            for (const Any& script : *golden.find("scripts")->array())
                QTest::newRow((name + (": " + test::textOf(script, "name"))).c_str()) << script;
        }
    }
    void everyCommandIsAnsweredAsByYjs()
    {
        QFETCH(Any, script);
        test::TwinHost host;
        for (const Any& entry : *script.find("entries")->array()) {
            const Any& command = *entry.find("command");
            const Any answer =
                parseJson(toJson(host.answer(command))).value(); // as JSON can say it
            const Any& expected = *entry.find("answer");
            QVERIFY2(answer == expected, qPrintable(failure(command, answer, expected)));
        }
    }
};

QTEST_APPLESS_MAIN(TwinGoldenTest)
#include "twin_golden_test.moc"
