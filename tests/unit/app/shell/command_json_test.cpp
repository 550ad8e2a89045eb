#include <QtTest>

#include <app/shell/command_json.h>

#include "app_document.h"

using namespace tessera;
using namespace tessera::app;

class CommandJsonTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryKind();
    void newNodesGoOntoThePageByDefault();
    void errorsNameTheCommandAndTheMember_data();
    void errorsNameTheCommandAndTheMember();
};

void CommandJsonTest::readsEveryKind()
{
    test::AppDocument file;
    const auto json = crdt::parseJson(R"([
        {"kind":"createNode","id":"t","type":"text","parent":"frame","properties":{"name":"T"},"text":"Hello"},
        {"kind":"setProperties","node":"red","properties":{"name":"Rose"}},
        {"kind":"setTransform","node":"red","transform":[1,0,0,1,5,6]},
        {"kind":"setFrame","node":"blue","transform":[1,0,0,1,7,8],"size":[9,10]},
        {"kind":"moveNode","node":"blue","parent":"frame","before":"red"},
        {"kind":"editText","node":"t","at":5,"removeCount":0,"insert":"!"},
        {"kind":"formatText","node":"t","at":0,"count":5,"attributes":{"weight":700}},
        {"kind":"setMeta","key":"name","value":"File"}])");
    const auto parsed = parseCommands(json.value(), NodeId("page"), file.random);
    QVERIFY2(parsed.hasValue(), parsed ? "" : parsed.error().c_str());
    QCOMPARE(parsed->created, std::vector{NodeId("t")});
    QVERIFY(file.run(parsed->commands));
    QCOMPARE(file.node("red").name, std::string("Rose"));
    QCOMPARE(file.node("blue").size, (Size{9, 10}));
    QCOMPARE(file.node("t").plainText(), std::string("Hello!"));
    QCOMPARE(file.document.name(), std::string("File"));
    QCOMPARE(file.children("frame").front(), NodeId("blue"));
}

void CommandJsonTest::newNodesGoOntoThePageByDefault()
{
    test::AppDocument file;
    const auto json = crdt::parseJson(R"([{"kind":"createNode","type":"rect"}])");
    const auto parsed = parseCommands(json.value(), NodeId("page"), file.random);
    QVERIFY(parsed.hasValue());
    QVERIFY(file.run(parsed->commands));
    QCOMPARE(file.document.tree().shownParent.at(parsed->created.front()), NodeId("page"));
}

void CommandJsonTest::errorsNameTheCommandAndTheMember_data()
{
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("where");
    QTest::newRow("not a list") << "{}" << "commands";
    QTest::newRow("unknown kind") << R"([{"kind":"explode"}])" << "commands[0].kind";
    QTest::newRow("no node") << R"([{"kind":"deleteNode"}])" << "commands[0].node";
    QTest::newRow("short transform") << R"([{"kind":"setTransform","node":"red","transform":[1,2]}])" << "commands[0].transform";
    QTest::newRow("negative count") << R"([{"kind":"editText","node":"t","at":-1,"removeCount":0}])" << "commands[0].at";
    QTest::newRow("second of two") << R"([{"kind":"deleteNode","node":"a"},{"kind":"setMeta"}])" << "commands[1].key";
}

void CommandJsonTest::errorsNameTheCommandAndTheMember()
{
    QFETCH(QString, json);
    QFETCH(QString, where);
    SeededRandom random(1);
    const auto value = crdt::parseJson(json.toStdString());
    const auto parsed = parseCommands(value.value(), NodeId("page"), random);
    QVERIFY(!parsed.hasValue());
    QVERIFY2(QString::fromStdString(parsed.error()).startsWith(where), parsed.error().c_str());
}

QTEST_APPLESS_MAIN(CommandJsonTest)
#include "command_json_test.moc"
