#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

#include <core/crdt/doc.h>
#include <core/crdt/types.h>
#include <core/storage/tessera_file.h>

#include "scratch.h"

using namespace tessera;
using namespace tessera::storage;
using scratch::bytesOf;
using scratch::pathIn;

namespace {

/// Updates of a document with `count` edits.
std::vector<Bytes> editsOf(crdt::Doc& doc, int count)
{
    std::vector<Bytes> updates;
    const auto subscription = doc.onUpdate([&](ByteView update, const crdt::Origin&, bool) {
        updates.emplace_back(update.begin(), update.end());
    });
    for (int i = 0; i < count; ++i) {
        doc.transact("test", [&](crdt::Transaction& transaction) {
            doc.map("nodes").set(transaction, "n" + std::to_string(i % 50), crdt::Any(i));
        });
    }
    return updates;
}

} // namespace

class TesseraFileTest : public QObject
{
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    std::string m_path;

private Q_SLOTS:
    void init()
    {
        m_folder = QTemporaryDir();
        QVERIFY(m_folder.isValid());
        m_path = pathIn(m_folder, "poster.tessera");
    }
    void whatWasWrittenIsReadBack()
    {
        {
            auto file = TesseraFile::create(m_path).value();
            QCOMPARE(file->appendUpdate(bytesOf("one"), crdt::ClientId{(1ull << 53) - 1}, 5, 1234).value(), 1);
            QCOMPARE(file->appendUpdates({{bytesOf("two"), crdt::ClientId{7}, 6, 0}, {Bytes{}, crdt::ClientId{7}, 7, 0}}).value(), 3);
        }
        auto file = TesseraFile::open(m_path).value();
        QVERIFY(!file->recovery());
        QVERIFY(file->readOnlyReason() == ReadOnlyReason::no);
        const auto updates = file->loadAll().value();
        QCOMPARE(scratch::dataOf(updates), (std::vector<Bytes>{bytesOf("one"), bytesOf("two"), Bytes{}}));
        QCOMPARE(crdt::number(updates[0].client), (1ull << 53) - 1);
        QCOMPARE(updates[0].clock, crdt::Clock{5});
        QCOMPARE(updates[0].wallMs, std::int64_t{1234});
        QCOMPARE(updates[2].seq, std::int64_t{3});
        QCOMPARE(scratch::dataOf(file->loadAll().value()).size(), std::size_t{3}); // again
        QCOMPARE(file->appendUpdate(bytesOf("four"), {}, 0, 0).value(), 4);
        QCOMPARE(scratch::dataOf(file->loadAll().value()).size(), std::size_t{4});
    }
    void fileCarriesItsMagic()
    {
        (void)TesseraFile::create(m_path).value();
        const QByteArray bytes = scratch::read(m_path);
        QVERIFY(bytes.startsWith("SQLite format 3"));
        QCOMPARE(bytes.mid(68, 4), QByteArray("TSRA"));
        QCOMPARE(bytes.mid(60, 4).toHex(), QByteArray("00000001"));
    }
    void atRestThereIsOneFile()
    {
        {
            auto file = TesseraFile::create(m_path).value();
            QVERIFY(file->appendUpdate(bytesOf("one"), {}, 0, 0).hasValue());
        }
        QCOMPARE(QDir(m_folder.path()).entryList(QDir::Files), QStringList{"poster.tessera"});
    }
    void createNeverReplaces()
    {
        scratch::write(m_path, "something else");
        QCOMPARE(TesseraFile::create(m_path).error().code, StorageErrc::exists);
        QCOMPARE(scratch::read(m_path), QByteArray("something else"));
        QCOMPARE(TesseraFile::create(pathIn(m_folder, "no/such/folder/x.tessera")).error().code, StorageErrc::io);
        QCOMPARE(QDir(m_folder.path()).entryList(QDir::Files), QStringList{"poster.tessera"});
    }
    void aFileThatIsNotOursIsNamedAndLeftAlone_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("text") << QByteArray("Dear diary, this is not a design.");
        QTest::newRow("picture") << QByteArray("\x89PNG\r\n\x1a\n") + QByteArray(5000, 'x');
        QTest::newRow("almost the magic") << QByteArray("SQLite format 4\0", 16) + QByteArray(4080, '\0');
        QByteArray other("SQLite format 3\0\x10\x00\x01\x01\x00\x40\x20\x20", 24);
        other.append(QByteArray(44, '\0')).append("FOSL").append(QByteArray(4024, '\0'));
        QTest::newRow("another program's database") << other;
    }
    void aFileThatIsNotOursIsNamedAndLeftAlone()
    {
        QFETCH(QByteArray, bytes);
        scratch::write(m_path, bytes);
        for (const OpenMode mode : {OpenMode::readWrite, OpenMode::readOnly}) {
            const auto opened = TesseraFile::open(m_path, mode);
            QVERIFY(!opened);
            QCOMPARE(opened.error().code, StorageErrc::notTessera);
            QCOMPARE(opened.error().where, m_path);
            QVERIFY(!opened.error().detail.empty());
        }
        QCOMPARE(scratch::read(m_path), bytes);
        QCOMPARE(QDir(m_folder.path()).entryList(QDir::Files), QStringList{"poster.tessera"});
    }
    void foldersAndMissingFilesAreErrors()
    {
        QCOMPARE(TesseraFile::open(m_path).error().code, StorageErrc::notFound);
        QCOMPARE(TesseraFile::open(m_folder.path().toStdString()).error().code, StorageErrc::notTessera);
        QCOMPARE(TesseraFile::open("/dev/null").error().code, StorageErrc::notTessera);
    }
    void theSecondWriterIsToldTheFileIsInUse()
    {
        auto first = TesseraFile::create(m_path).value();
        QCOMPARE(TesseraFile::open(m_path).error().code, StorageErrc::inUse);
        const std::string alias = pathIn(m_folder, "alias.tessera");
        QVERIFY(QFile::link(QString::fromStdString(m_path), QString::fromStdString(alias)));
        QCOMPARE(TesseraFile::open(alias).error().code, StorageErrc::inUse);
        QVERIFY(first->appendUpdate(bytesOf("x"), {}, 0, 0).hasValue());
        first.reset();
        QVERIFY(TesseraFile::open(m_path).hasValue());
    }
    void readersWorkBesideTheWriter()
    {
        auto writer = TesseraFile::create(m_path).value();
        QVERIFY(writer->appendUpdate(bytesOf("one"), {}, 0, 0).hasValue());
        auto reader = TesseraFile::open(m_path, OpenMode::readOnly).value();
        QCOMPARE(reader->loadAll().value().size(), std::size_t{1});
        QVERIFY(writer->appendUpdate(bytesOf("two"), {}, 0, 0).hasValue());
        QCOMPARE(reader->loadAll().value().size(), std::size_t{2});
        QCOMPARE(reader->appendUpdate(bytesOf("x"), {}, 0, 0).error().code, StorageErrc::readOnly);
        QCOMPARE(reader->setLocal("k", bytesOf("v")).error().code, StorageErrc::readOnly);
        writer.reset();
        QCOMPARE(reader->loadAll().value().size(), std::size_t{2});
    }
    void aFileWithoutWritePermissionOpensReadOnly()
    {
        if (::geteuid() == 0)
            QSKIP("permissions do not bind root");
        (void)TesseraFile::create(m_path).value();
        QVERIFY(::chmod(m_path.c_str(), 0444) == 0);
        auto file = TesseraFile::open(m_path).value();
        QVERIFY(file->readOnlyReason() == ReadOnlyReason::noPermission);
    }
    void aNewerFormatOpensReadOnly()
    {
        {
            auto file = TesseraFile::create(m_path).value();
            QVERIFY(file->appendUpdate(bytesOf("one"), {}, 0, 0).hasValue());
        }
        QByteArray bytes = scratch::read(m_path);
        bytes[63] = 2;
        scratch::write(m_path, bytes);
        auto file = TesseraFile::open(m_path).value();
        QVERIFY(file->readOnlyReason() == ReadOnlyReason::newerFormat);
        QVERIFY(!file->recovery());
        QCOMPARE(file->loadAll().value().size(), std::size_t{1});
        QCOMPARE(file->info().value().version, 2);
        file.reset();
        QCOMPARE(scratch::read(m_path), bytes);
    }
    void blobsAreFoundByTheirHash()
    {
        const Bytes picture = scratch::patterned(100'000, 1);
        const ContentHash hash = contentHash(picture);
        auto file = TesseraFile::create(m_path).value();
        QVERIFY(!file->hasBlob(hash).value());
        QVERIFY(!file->getBlob(hash).value());
        QCOMPARE(file->putBlob(picture, "image/png").value(), hash);
        QCOMPARE(file->putBlob(picture, "image/png").value(), hash);
        QVERIFY(file->putBlob({}, "text/plain").hasValue());
        QCOMPARE(file->getBlob(hash).value()->data, picture);
        QCOMPARE(file->getBlob(hash).value()->mime, std::string("image/png"));
        QCOMPARE(file->blobHashes().value().size(), std::size_t{2});
        QCOMPARE(file->write({{{hash, "image/png", bytesOf("other")}}, {}, {}}).error().code, StorageErrc::damaged);
    }
    void aBlobThatChangedOnTheDiskIsNotHandedOut()
    {
        const Bytes picture = scratch::patterned(50'000, 2);
        {
            auto file = TesseraFile::create(m_path).value();
            QVERIFY(file->putBlob(picture, "image/png").hasValue());
        }
        QByteArray bytes = scratch::read(m_path);
        const qsizetype at = bytes.indexOf(QByteArray(reinterpret_cast<const char*>(picture.data()) + 20'000, 16));
        QVERIFY(at > 0);
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        scratch::write(m_path, bytes);
        auto file = TesseraFile::open(m_path).value(); // the document itself is sound
        QVERIFY(!file->recovery());
        QCOMPARE(file->getBlob(contentHash(picture)).error().code, StorageErrc::damaged);
        QVERIFY(file->putBlob(picture, "image/png").hasValue());
        QCOMPARE(file->getBlob(contentHash(picture)).value()->data, picture);
    }
    void localValuesStayWithTheFile()
    {
        {
            auto file = TesseraFile::create(m_path).value();
            QVERIFY(file->setLocal("link", bytesOf("http://relay/d/room")).hasValue());
            QVERIFY(file->setLocal("link", bytesOf("http://relay/d/other")).hasValue());
            QVERIFY(file->setLocal("gone", bytesOf("x")).hasValue());
            QVERIFY(file->removeLocal("gone").hasValue());
            QCOMPARE(file->setLocal("", {}).error().code, StorageErrc::tooLarge);
        }
        auto file = TesseraFile::open(m_path).value();
        QCOMPARE(*file->local("link").value(), bytesOf("http://relay/d/other"));
        QVERIFY(!file->local("gone").value());
        const std::string copy = pathIn(m_folder, "copy.tessera");
        QVERIFY(file->copyTo(copy).hasValue());
        QVERIFY(!TesseraFile::open(copy).value()->local("link").value());
    }
    void aCopyIsWholeAndNeverReplaces()
    {
        auto file = TesseraFile::create(m_path).value();
        QVERIFY(file->appendUpdate(bytesOf("one"), {}, 0, 0).hasValue());
        QVERIFY(file->putBlob(bytesOf("pixels"), "image/png").hasValue());
        const std::string copy = pathIn(m_folder, "copy.tessera");
        QVERIFY(file->copyTo(copy).hasValue());
        QCOMPARE(file->copyTo(copy).error().code, StorageErrc::exists);
        auto opened = TesseraFile::open(copy).value();
        QVERIFY(!opened->recovery());
        QCOMPARE(scratch::dataOf(opened->loadAll().value()), std::vector<Bytes>{bytesOf("one")});
        QVERIFY(opened->hasBlob(contentHash(asBytes("pixels"))).value());
        QCOMPARE(file->copyTo(pathIn(m_folder, "no/folder.tessera")).error().where, pathIn(m_folder, "no/folder.tessera"));
        QCOMPARE(QDir(m_folder.path()).entryList({"*.new*"}, QDir::Files), QStringList{});
    }
    void compactingKeepsTheDocument()
    {
        crdt::Doc doc;
        auto file = TesseraFile::create(m_path).value();
        std::size_t stored = 0;
        for (int round = 0; round < 3; ++round) {
            for (const Bytes& update : editsOf(doc, 200)) {
                QVERIFY(file->appendUpdate(update, doc.clientId(), ++stored, 0).hasValue());
            }
            QVERIFY(file->compact().hasValue());
            QVERIFY(file->compact().hasValue()); // nothing to do
            QCOMPARE(file->info().value().updateCount, std::uint64_t{0});
            QCOMPARE(file->loadAll().value().size(), std::size_t{1});
        }
        const auto later = editsOf(doc, 3);
        for (const Bytes& update : later)
            QCOMPARE(file->appendUpdate(update, doc.clientId(), 0, 0).value(), static_cast<std::int64_t>(++stored));
        file.reset();
        file = TesseraFile::open(m_path).value();
        QVERIFY(!file->recovery());
        QCOMPARE(file->loadAll().value().size(), std::size_t{4});
        crdt::Doc loaded;
        QCOMPARE(file->loadInto(loaded).value(), std::vector<std::string>{});
        QCOMPARE(loaded.stateVector(), doc.stateVector());
        QVERIFY(loaded.map("nodes").toAny() == doc.map("nodes").toAny());
    }
    void whatTheDocumentRefusesIsNamedAndKept()
    {
        crdt::Doc doc;
        auto file = TesseraFile::create(m_path).value();
        for (const Bytes& update : editsOf(doc, 2))
            QVERIFY(file->appendUpdate(update, {}, 0, 0).hasValue());
        QVERIFY(file->appendUpdate(bytesOf("not an update"), {}, 0, 0).hasValue());
        for (const Bytes& update : editsOf(doc, 2))
            QVERIFY(file->appendUpdate(update, {}, 0, 0).hasValue());
        crdt::Doc loaded;
        const auto refused = file->loadInto(loaded).value();
        QCOMPARE(refused.size(), std::size_t{1});
        QVERIFY2(refused[0].starts_with("change 3: "), refused[0].c_str());
        QCOMPARE(loaded.stateVector(), doc.stateVector());
        QCOMPARE(file->compact().error().code, StorageErrc::damaged); // a snapshot would lose it
        QCOMPARE(file->loadAll().value().size(), std::size_t{5});
    }
    void infoCounts()
    {
        auto file = TesseraFile::create(m_path).value();
        QVERIFY(file->appendUpdate(bytesOf("12345"), {}, 0, 0).hasValue());
        QVERIFY(file->putBlob(bytesOf("123"), "x/y").hasValue());
        const FileInfo info = file->info().value();
        QCOMPARE(info.updateCount, std::uint64_t{1});
        QCOMPARE(info.updateBytes, std::uint64_t{5});
        QCOMPARE(info.blobCount, std::uint64_t{1});
        QCOMPARE(info.blobBytes, std::uint64_t{3});
        QCOMPARE(info.snapshotBytes, std::uint64_t{0});
        QCOMPARE(info.version, fileVersion);
        QVERIFY(info.sizeBytes > 0);
    }
};

QTEST_APPLESS_MAIN(TesseraFileTest)
#include "tessera_file_test.moc"
