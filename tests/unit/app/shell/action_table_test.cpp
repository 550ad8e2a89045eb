#include <QKeySequence>
#include <QtTest>

#include <app/shell/action_table.h>

using namespace tessera::app;

class ActionTableTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noChordIsTakenTwice();
    void everyChordIsUnderstood();
    void idsAreUniqueAndHaveAMenu();
    void systemChordsStayFree();
};

namespace {

QList<QKeySequence> keysOf(const ActionSpec& spec)
{
    QList<QKeySequence> keys;
    for (const QString& part : QString::fromUtf8(spec.shortcuts).split(QStringLiteral("; "), Qt::SkipEmptyParts))
        keys.push_back(QKeySequence::fromString(part, QKeySequence::PortableText));
    return keys;
}

} // namespace

void ActionTableTest::noChordIsTakenTwice()
{
    // Window chords work on the canvas too, so both contexts share one name space there.
    QMap<QString, QString> taken;
    for (const ActionSpec& spec : actionTable()) {
        for (const QKeySequence& key : keysOf(spec)) {
            const QString chord = key.toString();
            QVERIFY2(!taken.contains(chord), qPrintable(QStringLiteral("%1: %2 and %3").arg(chord, taken.value(chord), QLatin1String(spec.id))));
            taken.insert(chord, QLatin1String(spec.id));
        }
    }
}

void ActionTableTest::everyChordIsUnderstood()
{
    for (const ActionSpec& spec : actionTable()) {
        for (const QKeySequence& key : keysOf(spec))
            QVERIFY2(!key.isEmpty() && key[0].key() != Qt::Key_unknown, spec.id);
    }
}

void ActionTableTest::idsAreUniqueAndHaveAMenu()
{
    QSet<QString> ids;
    for (const ActionSpec& spec : actionTable()) {
        const QString id = QLatin1String(spec.id);
        QVERIFY2(!ids.contains(id), spec.id);
        ids.insert(id);
        bool found = false;
        for (const MenuSpec& menu : menuTable())
            found = found || id.startsWith(QLatin1String(menu.prefix) + QLatin1Char('.'));
        QVERIFY2(found, spec.id);
    }
}

void ActionTableTest::systemChordsStayFree()
{
    const QStringList kept{"Alt+F4", "Alt+Tab", "Ctrl+Alt+Del", "Ctrl+H", "Ctrl+M", "Ctrl+Alt+H", "Ctrl+Alt+D"};
    for (const ActionSpec& spec : actionTable()) {
        for (const QKeySequence& key : keysOf(spec))
            QVERIFY2(!kept.contains(key.toString()), spec.id);
    }
}

QTEST_APPLESS_MAIN(ActionTableTest)
#include "action_table_test.moc"
