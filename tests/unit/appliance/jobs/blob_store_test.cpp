#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

#include <appliance/jobs/blob_store.h>

using namespace tessera;
using namespace tessera::appliance;

class BlobStoreTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatWasPutIsReadBackInParts()
    {
        QTemporaryDir folder;
        BlobStore store = BlobStore::open(folder.path().toStdString()).value();
        const std::string hash = store.put(asBytes("hello world")).value().hex;
        QCOMPARE(hash, contentHash(asBytes("hello world")).hex);
        QCOMPARE(store.sizeBytes(hash).value(), std::uint64_t{11});
        QCOMPARE(asText(store.read(hash, 6, 100).value()), std::string_view("world"));
        QCOMPARE(store.read(hash, 11, 100).value().size(), std::size_t{0});
        QVERIFY(!store.read(hash, 12, 1));
    }

    void namesThatAreNoHashesReachNoFile()
    {
        QTemporaryDir folder;
        std::ofstream(folder.path().toStdString() + "/secret") << "x";
        BlobStore store = BlobStore::open(folder.path().toStdString() + "/blobs").value();
        QVERIFY(!store.contains("../secret"));
        QVERIFY(!store.read("../secret", 0, 10));
    }

    void openingRemovesWhatACrashLeftHalfWritten()
    {
        QTemporaryDir folder;
        const std::string part = folder.path().toStdString() + "/abc.0.part";
        std::ofstream(part) << "half";
        const BlobStore store = BlobStore::open(folder.path().toStdString()).value();
        QVERIFY(!std::filesystem::exists(part));
    }

    void sweepingKeepsNamedAndYoungBlobs()
    {
        QTemporaryDir folder;
        BlobStore store = BlobStore::open(folder.path().toStdString()).value();
        const std::string kept = store.put(asBytes("kept")).value().hex;
        const std::string loose = store.put(asBytes("loose")).value().hex;
        QCOMPARE(store.sweep({kept}, 3'600'000), std::size_t{0});
        QCOMPARE(store.sweep({kept}, -1000), std::size_t{1});
        QVERIFY(store.contains(kept));
        QVERIFY(!store.contains(loose));
    }

    void aFolderThatCannotBeMadeIsAnErrorThatNamesIt()
    {
        QTemporaryDir folder;
        std::ofstream(folder.path().toStdString() + "/file") << "x";
        const auto opened = BlobStore::open(folder.path().toStdString() + "/file/blobs");
        QCOMPARE(opened.error().code, JobErrc::io);
        QVERIFY(opened.error().where.find("/file/blobs") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(BlobStoreTest)
#include "blob_store_test.moc"
