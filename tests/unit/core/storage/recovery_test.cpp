#include <QtTest>

#include <core/base/random.h>
#include <core/crdt/doc.h>
#include <core/crdt/types.h>
#include <core/storage/tessera_file.h>

#include "scratch.h"

using namespace tessera;
using namespace tessera::storage;
using scratch::bytesOf;
using scratch::pathIn;

namespace {

constexpr int updateCount = 60;

/// A file with short and long updates, two blobs and a local value.
void makeFile(const std::string& path)
{
    auto file = TesseraFile::create(path).value();
    for (std::uint32_t i = 1; i <= updateCount; ++i)
        QVERIFY(file->appendUpdate(scratch::patterned(i % 7 == 0 ? 9'000 : 80, i), crdt::ClientId{i}, i, i).hasValue());
    QVERIFY(file->putBlob(scratch::patterned(30'000, 1000), "image/png").hasValue());
    QVERIFY(file->putBlob(scratch::patterned(10, 1001), "image/png").hasValue());
    QVERIFY(file->setLocal("link", bytesOf("here")).hasValue());
}

/// Each stored update is one that was written.
QString wrongUpdate(TesseraFile& file)
{
    const auto updates = file.loadAll().value();
    for (const StoredUpdate& update : updates) {
        const auto number = static_cast<std::uint32_t>(update.seq);
        if (update.data != scratch::patterned(number % 7 == 0 ? 9'000 : 80, number))
            return QString("update %1 is not what was written").arg(number);
    }
    return {};
}

std::size_t updatesIn(TesseraFile& file) { return file.loadAll().value().size(); }

} // namespace

class RecoveryTest : public QObject
{
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    std::string m_path;
    QByteArray m_sound; ///< the file every test starts with

    std::unique_ptr<TesseraFile> openDamaged(const QByteArray& bytes)
    {
        scratch::write(m_path, bytes);
        auto opened = TesseraFile::open(m_path);
        if (!opened)
            qFatal("does not open: %s", describe(opened.error()).c_str());
        return std::move(opened).value();
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QTemporaryDir folder;
        makeFile(pathIn(folder, "poster.tessera"));
        m_sound = scratch::read(pathIn(folder, "poster.tessera"));
    }
    void init()
    {
        m_folder = QTemporaryDir();
        m_path = pathIn(m_folder, "poster.tessera");
        scratch::write(m_path, m_sound);
    }
    void aSoundFileNeedsNoRecovery()
    {
        auto file = TesseraFile::open(m_path).value();
        QVERIFY(!file->recovery());
        QCOMPARE(updatesIn(*file), std::size_t{updateCount});
        QCOMPARE(wrongUpdate(*file), QString());
    }
    void aTruncatedFileOpensWithWhatIsLeft_data()
    {
        QTest::addColumn<int>("percent");
        for (const int percent : {0, 1, 5, 30, 60, 90, 99})
            QTest::newRow(qPrintable(QString("%1 percent").arg(percent))) << percent;
    }
    void aTruncatedFileOpensWithWhatIsLeft()
    {
        QFETCH(int, percent);
        const QByteArray whole = scratch::read(m_path);
        const QByteArray part = whole.left(whole.size() * percent / 100);
        auto file = openDamaged(part);
        QVERIFY(file->recovery().has_value());
        QVERIFY(!file->recovery()->lost.empty());
        QCOMPARE(scratch::read(file->recovery()->damagedCopy), part); // the original, byte for byte
        QCOMPARE(wrongUpdate(*file), QString());
        QVERIFY(file->appendUpdate(bytesOf("goes on"), {}, 0, 0).hasValue());
        file.reset();
        auto again = TesseraFile::open(m_path).value();
        QVERIFY(!again->recovery()); // once is enough
        QVERIFY(updatesIn(*again) >= 1);
    }
    void aLostHeaderLosesNothingElse()
    {
        QByteArray bytes = scratch::read(m_path);
        bytes.replace(0, 4096, QByteArray(4096, '\0'));
        auto file = openDamaged(bytes);
        QVERIFY(file->recovery().has_value());
        QCOMPARE(updatesIn(*file), std::size_t{updateCount});
        QCOMPARE(file->blobHashes().value().size(), std::size_t{2});
        QCOMPARE(*file->local("link").value(), bytesOf("here"));
        QCOMPARE(wrongUpdate(*file), QString());
    }
    void aChangedByteInAnUpdateCostsThatUpdateOnly()
    {
        QByteArray bytes = scratch::read(m_path);
        const Bytes update = scratch::patterned(80, 12);
        const qsizetype at = bytes.indexOf(QByteArray(reinterpret_cast<const char*>(update.data()), 80));
        QVERIFY(at > 0);
        bytes[at + 40] = static_cast<char>(bytes[at + 40] ^ 0x10);
        auto file = openDamaged(bytes);
        QVERIFY(file->recovery().has_value());
        QCOMPARE(updatesIn(*file), std::size_t{updateCount - 1});
        QVERIFY(std::find(file->recovery()->lost.begin(), file->recovery()->lost.end(), "change 12") != file->recovery()->lost.end());
    }
    // Bytes and whole sectors at random places: it opens, says nothing that is not true, and can be written to.
    void randomDamageNeverStopsAFileFromOpening_data()
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 60; ++seed)
            QTest::newRow(qPrintable(QString("seed %1").arg(seed))) << seed;
    }
    void randomDamageNeverStopsAFileFromOpening()
    {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        QByteArray bytes = scratch::read(m_path);
        for (std::uint64_t i = 0; i <= random.below(5); ++i) {
            const auto at = static_cast<qsizetype>(random.below(static_cast<std::uint64_t>(bytes.size() - 512)));
            switch (random.below(3)) {
            case 0: bytes[at] = static_cast<char>(random.next()); break;
            case 1: bytes.replace(at, 512, QByteArray(512, static_cast<char>(random.next()))); break;
            default: bytes.replace(at & ~511, 512, bytes.mid(static_cast<qsizetype>(random.below(static_cast<std::uint64_t>(bytes.size() - 512))), 512)); break;
            }
        }
        auto file = openDamaged(bytes);
        QCOMPARE(wrongUpdate(*file), QString());
        QVERIFY(updatesIn(*file) >= updateCount / 2);
        const auto hashes = file->blobHashes().value();
        for (const ContentHash& hash : hashes) {
            const auto blob = file->getBlob(hash);
            QVERIFY(!blob || !blob.value() || contentHash(blob.value()->data) == hash);
        }
        QVERIFY(file->appendUpdate(bytesOf("goes on"), {}, 0, 0).hasValue());
    }
    void aHostileSchemaIsNotRun()
    {
        // A view in the place of a table, as a crafted file might bring it.
        QByteArray bytes = scratch::read(m_path);
        QCOMPARE(bytes.count("CREATE TABLE local("), 1);
        bytes.replace("CREATE TABLE local(", "CREATE VIEW  local(");
        auto file = openDamaged(bytes);
        QVERIFY(file->recovery().has_value());
        QCOMPARE(updatesIn(*file), std::size_t{updateCount});
    }
    void aDamagedFileOpenedForReadingIsLeftAlone()
    {
        QByteArray bytes = scratch::read(m_path);
        bytes.replace(0, 200, QByteArray(200, '\x7f'));
        scratch::write(m_path, bytes);
        auto file = TesseraFile::open(m_path, OpenMode::readOnly).value();
        QVERIFY(file->recovery().has_value());
        QVERIFY(file->recovery()->damagedCopy.empty());
        QCOMPARE(updatesIn(*file), std::size_t{updateCount});
        QCOMPARE(scratch::read(m_path), bytes);
        QCOMPARE(QDir(m_folder.path()).entryList(QDir::Files), QStringList{"poster.tessera"});
    }
    void earlierDamagedCopiesAreKept()
    {
        for (int i = 0; i < 3; ++i) {
            QByteArray bytes = scratch::read(m_path);
            bytes.replace(0, 100, QByteArray(100, '\0'));
            auto file = openDamaged(bytes);
            QVERIFY(file->recovery().has_value());
        }
        QCOMPARE(QDir(m_folder.path()).entryList(QDir::Files),
                 (QStringList{"poster.tessera", "poster.tessera.damaged", "poster.tessera.damaged-2", "poster.tessera.damaged-3"}));
    }
    // The newest snapshot is damaged: the one before it and the updates since have it all.
    void aDamagedSnapshotLosesNothing()
    {
        const std::string path = pathIn(m_folder, "snapshots.tessera");
        crdt::Doc doc(crdt::DocOptions{crdt::ClientId{77}, true});
        auto file = TesseraFile::create(path).value();
        const auto subscription = doc.onUpdate([&](ByteView update, const crdt::Origin&, bool) {
            QVERIFY(file->appendUpdate(update, {}, 0, 0).hasValue());
        });
        const auto edit = [&](const std::string& marker) {
            doc.transact("test", [&](crdt::Transaction& transaction) {
                for (int i = 0; i < 200; ++i)
                    doc.map("nodes").set(transaction, marker + std::to_string(i), crdt::Any(marker + " value"));
            });
        };
        edit("first");
        QVERIFY(file->compact().hasValue());
        edit("second");
        QVERIFY(file->compact().hasValue());
        edit("third");
        file.reset();

        QByteArray bytes = scratch::read(path);
        // "second" stands in the update and, later in the file or earlier, in the second snapshot: damage one of the two.
        const qsizetype first = bytes.indexOf("second150"), second = bytes.lastIndexOf("second150");
        QVERIFY(first > 0 && second > first);
        for (const qsizetype at : {first, second}) {
            QByteArray damaged = bytes;
            damaged[at] = 'S';
            scratch::write(path, damaged);
            auto opened = TesseraFile::open(path).value();
            crdt::Doc loaded;
            QCOMPARE(opened->loadInto(loaded).value(), std::vector<std::string>{});
            QVERIFY(loaded.map("nodes").toAny() == doc.map("nodes").toAny());
        }
    }
    void rowsStillInTheLogAreFound()
    {
        // A writer that was killed leaves its last commits in the -wal; then the main file is damaged too.
        const std::string path = pathIn(m_folder, "killed.tessera"), copy = pathIn(m_folder, "copy.tessera");
        auto file = TesseraFile::create(path).value();
        for (std::uint32_t i = 1; i <= 20; ++i)
            QVERIFY(file->appendUpdate(scratch::patterned(i % 7 == 0 ? 9'000 : 80, i), {}, 0, 0).hasValue());
        scratch::write(copy, scratch::read(path));
        scratch::write(copy + "-wal", scratch::read(path + "-wal"));
        {
            auto opened = TesseraFile::open(copy).value();
            QVERIFY(!opened->recovery());
            QCOMPARE(updatesIn(*opened), std::size_t{20});
        }
        scratch::write(copy, scratch::read(path).left(50));
        scratch::write(copy + "-wal", scratch::read(path + "-wal"));
        auto opened = TesseraFile::open(copy).value();
        QVERIFY(opened->recovery().has_value());
        QCOMPARE(updatesIn(*opened), std::size_t{20});
        QCOMPARE(wrongUpdate(*opened), QString());
        QVERIFY(QFile::exists(QString::fromStdString(opened->recovery()->damagedCopy + "-wal")));
    }
};

QTEST_APPLESS_MAIN(RecoveryTest)
#include "recovery_test.moc"
