#include <QtTest>

#include <app/panels/selection_summary.h>
#include <app/panels/value_expression.h>

#include "app_document.h"

using namespace tessera;
using namespace tessera::app;
using test::AppDocument;

class PanelValuesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fieldsUnderstand_data();
    void fieldsUnderstand();
    void fieldsRefuse_data();
    void fieldsRefuse();
    void equalValuesAreShownAndOthersAreMixed();
    void onlyWhatTakesPaintHasFills();
    void runsOfATextAreMixedToo();
};

void PanelValuesTest::fieldsUnderstand_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("old");
    QTest::addColumn<double>("expected");
    QTest::newRow("number") << "12" << 5.0 << 12.0;
    QTest::newRow("negative") << "-3.5" << 5.0 << -3.5;
    QTest::newRow("comma is a point") << "2,5" << 0.0 << 2.5;
    QTest::newRow("plus") << "+10" << 5.0 << 15.0;
    QTest::newRow("times") << "*2" << 5.0 << 10.0;
    QTest::newRow("divided") << "/4" << 10.0 << 2.5;
    QTest::newRow("percent of the old") << "50%" << 80.0 << 40.0;
    QTest::newRow("sum and product") << "3*4+1" << 0.0 << 13.0;
    QTest::newRow("inches") << "1in" << 0.0 << 96.0;
    QTest::newRow("millimetres") << "25.4 mm" << 0.0 << 96.0;
    QTest::newRow("points") << "72pt" << 0.0 << 96.0;
}

void PanelValuesTest::fieldsUnderstand()
{
    QFETCH(QString, text);
    QFETCH(double, old);
    QFETCH(double, expected);
    const auto change = parseValue(text);
    QVERIFY(change.has_value());
    QVERIFY(std::abs((*change)(old) - expected) < 1e-9);
}

void PanelValuesTest::fieldsRefuse_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text : {"", "abc", "1 2", "3+", "*", "/0", "12km", "1/0"})
        QTest::newRow(*text ? text : "nothing") << QString::fromLatin1(text);
}

void PanelValuesTest::fieldsRefuse()
{
    QFETCH(QString, text);
    QVERIFY(!parseValue(text).has_value());
}

void PanelValuesTest::equalValuesAreShownAndOthersAreMixed()
{
    AppDocument file;
    const SelectionSummary summary = summarize(file.document, std::vector{NodeId("red"), NodeId("blue")});
    QVERIFY(summary.width.mixed && summary.x.mixed);
    QVERIFY(!summary.opacity.mixed);
    QCOMPARE(summary.opacity.value, 1.0);
    QVERIFY(!summary.fills.mixed);
    const SelectionSummary one = summarize(file.document, std::vector{NodeId("red")});
    QCOMPARE(one.x.value, 10.0);
    QVERIFY(!one.family.present);
}

void PanelValuesTest::onlyWhatTakesPaintHasFills()
{
    AppDocument file;
    document::CreateNode group;
    group.id = NodeId("group");
    group.type = document::NodeType::group;
    group.placement = {NodeId("page"), std::nullopt};
    QVERIFY(file.run({group}));
    const SelectionSummary summary = summarize(file.document, std::vector{NodeId("group")});
    QVERIFY(!summary.fills.present);
    QVERIFY(summary.opacity.present);
}

void PanelValuesTest::runsOfATextAreMixedToo()
{
    AppDocument file;
    auto text = test::makeNode("text", document::NodeType::text, "page", {0, 0, 100, 20});
    text.text = "Hello";
    QVERIFY(file.run({text, document::FormatText{NodeId("text"), 0, 2, {{"size", 40}}}}));
    const SelectionSummary summary = summarize(file.document, std::vector{NodeId("text")});
    QVERIFY(summary.fontSize.mixed);
    QVERIFY(!summary.weight.mixed);
}

QTEST_APPLESS_MAIN(PanelValuesTest)
#include "panel_values_test.moc"
