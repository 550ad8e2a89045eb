#include <QtTest>

#include <atomic>
#include <csignal>
#include <sys/resource.h>
#include <thread>

#include <core/base/clock.h>
#include <core/base/random.h>
#include <core/storage/document_store.h>

#include "save_queue.h"
#include "scratch.h"

using namespace tessera;
using namespace tessera::storage;
using scratch::bytesOf;
using scratch::pathIn;

namespace {

/// While it lives, no file of this process grows past `bytes`: writes fail as on a full disk.
class FullDisk
{
public:
    explicit FullDisk(std::uint64_t bytes)
    {
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit limit = m_before;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &m_before); }

private:
    rlimit m_before{};
};

void rename(DocumentStore& store, const std::string& name)
{
    QVERIFY(document::apply(store.document(), document::SetMeta{"name", name}, "me").hasValue());
}

} // namespace

class DocumentStoreTest : public QObject
{
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    std::string m_path;
    SeededRandom m_random{1};
    ManualClock m_clock;

    std::unique_ptr<DocumentStore> create(StoreOptions options = {})
    {
        return DocumentStore::create(m_path, "Poster", m_random, m_clock, std::move(options)).value();
    }
    std::unique_ptr<DocumentStore> open(OpenMode mode = OpenMode::readWrite)
    {
        return DocumentStore::open(m_path, mode, m_random, m_clock).value();
    }

private Q_SLOTS:
    void init()
    {
        m_folder = QTemporaryDir();
        m_path = pathIn(m_folder, "poster.tessera");
    }
    void editsAreThereAfterReopening()
    {
        std::string json;
        {
            auto store = create();
            const NodeId page = store->document().tree().pages[0];
            for (int i = 0; i < 50; ++i) {
                QVERIFY(document::apply(store->document(), document::CreateNode{NodeId{"n" + std::to_string(i)},
                    document::NodeType::rect, {page, {}}, {}, {}}, "me").hasValue());
            }
            json = store->document().canonicalJson();
        } // closing writes what waits
        auto store = open();
        QVERIFY(!store->recovery());
        QCOMPARE(store->document().canonicalJson(), json);
    }
    void savedIsSaidOnlyAfterTheCommit()
    {
        std::atomic<int> woken{0};
        StoreOptions options;
        options.wake = [&] { ++woken; };
        auto store = create(options);
        std::vector<SaveProgress> told;
        const auto subscription = store->onProgress([&](const SaveProgress& progress) { told.push_back(progress); });
        QVERIFY(store->progress().isSaved());
        for (int i = 0; i < 20; ++i) {
            rename(*store, "name " + std::to_string(i));
            // Whenever the store says that this edit is saved, a reader of the file finds it.
            while (!store->progress().isSaved())
                std::this_thread::yield();
            auto reader = TesseraFile::open(m_path, OpenMode::readOnly).value();
            crdt::Doc doc;
            QVERIFY(reader->loadInto(doc).hasValue());
            QCOMPARE(*doc.map("meta").getAny("name").string(), "name " + std::to_string(i));
        }
        QVERIFY(told.empty()); // callbacks run on this thread, in deliver()
        store->deliver();
        QCOMPARE(told.size(), std::size_t{1});
        QCOMPARE(told[0].durable, std::uint64_t{20});
        store->deliver();
        QCOMPARE(told.size(), std::size_t{1});
        QTRY_VERIFY(woken >= 1);
    }
    void aFullDiskIsReportedAndLosesNothing()
    {
        auto store = create();
        {
            const FullDisk full(4096);
            rename(*store, std::string(20'000, 'x'));
            const auto flushed = store->flush();
            QVERIFY(!flushed);
            QVERIFY(!store->progress().isSaved());
            QVERIFY(store->progress().error.has_value());
            QCOMPARE(store->progress().error->where, m_path);
            rename(*store, "later");
            QVERIFY(!store->flush().hasValue());
        }
        QVERIFY(store->flush().hasValue());
        QVERIFY(store->progress().isSaved() && !store->progress().error);
        store.reset();
        QCOMPARE(open()->document().name(), std::string("later"));
    }
    void aQueueThatIsTooLongBecomesOneUpdate()
    {
        StoreOptions options;
        options.maxQueuedBytes = 10'000;
        auto store = create(options);
        const NodeId page = store->document().tree().pages[0];
        const ContentHash picture = contentHash(scratch::patterned(5'000, 1));
        {
            const FullDisk full(4096);
            rename(*store, std::string(20'000, 'x'));
            QVERIFY(!store->flush().hasValue()); // from now on the worker has a batch that fails
            QCOMPARE(store->putBlob(scratch::patterned(5'000, 1), "image/png"), picture);
            for (int i = 0; i < 300; ++i) {
                QVERIFY(document::apply(store->document(), document::CreateNode{NodeId{"n" + std::to_string(i)},
                    document::NodeType::rect, {page, {}}, {{"name", "a longer name"}}, {}}, "me").hasValue());
            }
            QVERIFY(!store->flush().hasValue());
            QVERIFY(!store->progress().isSaved());
        }
        QVERIFY(store->flush().hasValue());
        QVERIFY(store->progress().isSaved());
        QCOMPARE(store->progress().queued, std::uint64_t{302});
        const std::string json = store->document().canonicalJson();
        store.reset();
        auto file = TesseraFile::open(m_path, OpenMode::readOnly).value();
        QVERIFY(file->info().value().updateCount < 100); // one, not three hundred
        QVERIFY(file->hasBlob(picture).value());
        file.reset();
        QCOMPARE(open()->document().canonicalJson(), json);
    }
    void blobsAreReadableAtOnceAndAfterwards()
    {
        auto store = create();
        const Bytes data = scratch::patterned(10'000, 3);
        const ContentHash hash = store->putBlob(data, "image/png");
        QVERIFY(store->hasBlob(hash));
        QCOMPARE(store->blob(hash).value()->data, data);
        QVERIFY(store->flush().hasValue());
        QCOMPARE(store->blob(hash).value()->data, data);
        QVERIFY(!store->hasBlob(contentHash(asBytes("other"))));
        std::thread reader([&] { QVERIFY(store->blob(hash).value().has_value()); });
        reader.join();
    }
    void localValuesAreReadableAtOnceAndAfterwards()
    {
        {
            auto store = create();
            store->setLocal("link", bytesOf("one"));
            store->setLocal("link", bytesOf("two"));
            QCOMPARE(*store->local("link"), bytesOf("two"));
            QVERIFY(!store->local("other"));
        }
        QCOMPARE(*open()->local("link"), bytesOf("two"));
    }
    void aReadOnlyDocumentNeverClaimsToBeSaved()
    {
        create().reset();
        auto store = open(OpenMode::readOnly);
        QVERIFY(store->isReadOnly());
        QVERIFY(store->progress().isSaved());
        rename(*store, "changed");
        QVERIFY(!store->progress().isSaved());
        QCOMPARE(store->flush().error().code, StorageErrc::readOnly);
        const std::string copy = pathIn(m_folder, "copy.tessera");
        QVERIFY(store->saveAs(copy).hasValue()); // the way out
        QVERIFY(!store->isReadOnly() && store->progress().isSaved());
        rename(*store, "changed again");
        store.reset();
        QCOMPARE(open()->document().name(), std::string("Poster"));
        QCOMPARE(DocumentStore::open(copy, OpenMode::readOnly, m_random, m_clock).value()->document().name(), std::string("changed again"));
    }
    void saveAsGoesOnInTheCopy()
    {
        auto store = create();
        rename(*store, "before");
        store->setLocal("link", bytesOf("room"));
        const std::string copy = pathIn(m_folder, "copy.tessera");
        QVERIFY(store->saveAs(copy).hasValue());
        QCOMPARE(store->path(), copy);
        rename(*store, "after");
        QVERIFY(store->flush().hasValue());
        QCOMPARE(open()->document().name(), std::string("before")); // and it is free again
        QVERIFY(!store->local("link"));
        QCOMPARE(store->saveAs(m_path).error().code, StorageErrc::exists);
        QCOMPARE(store->path(), copy);
        store.reset();
        m_path = copy;
        QCOMPARE(open()->document().name(), std::string("after"));
    }
    void theFileIsCompactedAsItGrows()
    {
        StoreOptions options;
        options.compactAfterUpdates = 20;
        auto store = create(options);
        for (int i = 0; i < 200; ++i) {
            rename(*store, "name " + std::to_string(i));
            QVERIFY(store->flush().hasValue());
        }
        store.reset();
        auto reopened = open();
        QVERIFY(reopened->info().value().updateCount <= 21);
        QCOMPARE(reopened->document().name(), std::string("name 199"));
    }
    void othersChangesKeepTheirAuthor()
    {
        auto store = create();
        crdt::Doc other(crdt::DocOptions{crdt::ClientId{4711}, true});
        other.transact("x", [&](crdt::Transaction& transaction) {
            other.map("meta").set(transaction, "name", crdt::Any("theirs"));
        });
        QVERIFY(store->document().crdt().applyUpdate(other.encodeStateAsUpdate(), "net").hasValue());
        QVERIFY(store->flush().hasValue());
        rename(*store, "mine");
        QVERIFY(store->flush().hasValue());
        const auto own = store->document().crdt().clientId();
        store.reset();
        const auto updates = TesseraFile::open(m_path).value()->loadAll().value();
        QCOMPARE(updates.size(), std::size_t{3});
        QCOMPARE(crdt::number(updates[1].client), std::uint64_t{4711});
        QCOMPARE(updates[1].clock, crdt::Clock{1});
        QVERIFY(updates[2].client == own);
    }
    void aRecoveredFileSaysWhatItLostAndHasAPage()
    {
        {
            auto store = create();
            QVERIFY(document::apply(store->document(), document::AddAsset{contentHash(asBytes("gone")), "image/png", 4, 1, 1, ""}, "me").hasValue());
        }
        scratch::write(m_path, scratch::read(m_path).left(64));
        auto store = open();
        QVERIFY(store->recovery().has_value() && !store->recovery()->lost.empty());
        QCOMPARE(store->document().tree().pages.size(), std::size_t{1});
        QVERIFY(store->flush().hasValue());
    }
    void missingImagesAreReported()
    {
        {
            auto store = create();
            QVERIFY(document::apply(store->document(), document::AddAsset{contentHash(asBytes("gone")), "image/png", 4, 1, 1, ""}, "me").hasValue());
        }
        QByteArray bytes = scratch::read(m_path);
        bytes.replace(0, 100, QByteArray(100, '\0'));
        scratch::write(m_path, bytes);
        auto store = open();
        const auto& lost = store->recovery()->lost;
        QVERIFY(std::any_of(lost.begin(), lost.end(), [](const std::string& line) { return line.find("1 of the images") == 0; }));
    }
};

QTEST_APPLESS_MAIN(DocumentStoreTest)
#include "document_store_test.moc"
