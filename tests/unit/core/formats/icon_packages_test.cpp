#include <QtTest>

#include <filesystem>
#include <fstream>
#include <iterator>

#include <core/formats/svg_import.h>

using namespace tessera;

/// Every drawing of the icon packages from npm imports, and most of it as editable nodes.
class IconPackagesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyFileImports_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<int>("atLeast");
        QTest::addColumn<double>("maxRawShare");
        QTest::newRow("tabler icons are all shapes") << "@tabler/icons/icons" << 5000 << 0.0;
        QTest::newRow("bootstrap icons are all shapes") << "bootstrap-icons/icons" << 2000 << 0.0;
        QTest::newRow("openmoji in colour") << "openmoji/color/svg" << 4000 << 0.02;
    }
    void everyFileImports()
    {
        QFETCH(QString, folder);
        QFETCH(int, atLeast);
        QFETCH(double, maxRawShare);
        namespace fs = std::filesystem;
        const fs::path root = fs::path(qEnvironmentVariable("TESSERA_SOURCE_DIR").toStdString()) / "tools/node_modules" / folder.toStdString();
        QVERIFY2(fs::exists(root), "npm packages are missing: ./dev setup installs them");
        int files = 0, withRaw = 0;
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            if (entry.path().extension() != ".svg")
                continue;
            std::ifstream stream(entry.path(), std::ios::binary);
            const std::string source{std::istreambuf_iterator<char>(stream), {}};
            const auto result = formats::importSvg(asBytes(source), entry.path().stem().string());
            QVERIFY2(result.hasValue(), (entry.path().string() + ": " + (result ? "" : formats::describe(result.error()))).c_str());
            QVERIFY2(!result->root.children.empty(), entry.path().c_str());
            ++files;
            bool raw = false;
            for (const auto& notice : result->notices)
                raw = raw || notice.what.find("kept as SVG source") != std::string::npos;
            withRaw += raw;
        }
        qInfo("%s: %d files, %d with a part kept as SVG source", qPrintable(folder), files, withRaw);
        QVERIFY(files >= atLeast);
        QVERIFY(withRaw <= maxRawShare * files);
    }
};

QTEST_APPLESS_MAIN(IconPackagesTest)
#include "icon_packages_test.moc"
