// A child process edits and prints each counter once it is told that the edit is saved; the parent kills it with -9 at a
// random moment, again and again, on the same file.
#include <QtTest>

#include <cstdio>
#include <set>
#include <csignal>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <core/base/clock.h>
#include <core/base/random.h>
#include <core/storage/document_store.h>

#include "scratch.h"

using namespace tessera;
using namespace tessera::storage;

namespace {

NodeId counterNode(std::uint64_t counter) { return NodeId{"n" + std::to_string(counter)}; }

/// Three edits and a blob per counter; compacts often, so that kills meet compaction too.
int runChild(const std::string& path, std::uint64_t first)
{
    SystemRandom random;
    SystemClock clock;
    StoreOptions options;
    options.compactAfterUpdates = 40;
    auto opened = first == 0 ? DocumentStore::create(path, "Killed", random, clock, options)
                             : DocumentStore::open(path, OpenMode::readWrite, random, clock, options);
    if (!opened) {
        std::fprintf(stderr, "%s\n", describe(opened.error()).c_str());
        return 3;
    }
    DocumentStore& store = *opened.value();
    if (store.recovery())
        return 4;
    const NodeId page = store.document().tree().pages.at(0);
    for (std::uint64_t counter = first;; ++counter) {
        const NodeId id = counterNode(counter);
        store.putBlob(scratch::patterned(3'000, static_cast<std::uint32_t>(counter)), "image/png");
        const std::vector<document::Command> commands{
            document::CreateNode{id, document::NodeType::text, {page, {}}, {{"name", std::to_string(counter)}}, "text"}};
        if (!document::apply(store.document(), commands, "me")
            || !document::apply(store.document(), document::EditText{id, 4, 0, " more"}, "me") || !store.flush())
            return 5;
        std::printf("%llu\n", static_cast<unsigned long long>(counter));
        std::fflush(stdout);
    }
}

struct Child {
    pid_t process = -1;
    int output = -1;
};

Child startChild(const std::string& path, std::uint64_t first)
{
    int ends[2];
    if (::pipe(ends) != 0)
        qFatal("no pipe");
    const std::string number = std::to_string(first);
    Child child{::fork(), ends[0]};
    if (child.process == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        ::close(ends[1]);
        ::execl("/proc/self/exe", "kill_test", "--child", path.c_str(), number.c_str(), static_cast<char*>(nullptr));
        ::_exit(9);
    }
    ::close(ends[1]);
    return child;
}

bool waitForOutput(const Child& child, int timeoutMs)
{
    pollfd entry{child.output, POLLIN, 0};
    return ::poll(&entry, 1, timeoutMs) == 1;
}

/// Kills, and returns everything the child had printed.
QByteArray killAndRead(const Child& child)
{
    ::kill(child.process, SIGKILL);
    QByteArray all;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(child.output, buffer, sizeof buffer)) > 0;)
        all.append(buffer, got);
    ::close(child.output);
    int status = 0;
    ::waitpid(child.process, &status, 0);
    if (!WIFSIGNALED(status))
        qFatal("the child ended by itself with %d", WEXITSTATUS(status));
    return all;
}

} // namespace

class KillTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingAcknowledgedIsLostByKill9()
    {
        const QTemporaryDir folder;
        const std::string path = scratch::pathIn(folder, "killed.tessera");
        SeededRandom random(17);
        SystemClock clock;
        std::uint64_t next = 0;
        std::set<std::uint64_t> unacknowledged; // begun, and killed before it could say so: may be there in part
        for (int round = 0; round < 40; ++round) {
            const Child child = startChild(path, next);
            QVERIFY(waitForOutput(child, 20'000));
            ::usleep(static_cast<useconds_t>(random.below(40'000)));
            const QList<QByteArray> lines = killAndRead(child).split('\n');
            QVERIFY(lines.size() >= 2);
            const std::uint64_t acknowledged = lines[lines.size() - 2].toULongLong();

            auto store = DocumentStore::open(path, OpenMode::readOnly, random, clock).value();
            QVERIFY2(!store->recovery(), "a kill does not damage the file");
            for (std::uint64_t counter = 0; counter <= acknowledged; ++counter) {
                if (unacknowledged.contains(counter))
                    continue;
                const document::Node* node = store->document().node(counterNode(counter));
                QVERIFY2(node != nullptr, qPrintable(QString("%1 of %2 is lost").arg(counter).arg(acknowledged)));
                QCOMPARE(node->plainText(), std::string("text more"));
            }
            const Bytes blob = scratch::patterned(3'000, static_cast<std::uint32_t>(acknowledged));
            QCOMPARE(store->blob(contentHash(blob)).value()->data, blob);
            next = acknowledged + 1;
            while (store->document().node(counterNode(next)) != nullptr)
                unacknowledged.insert(next++);
        }
        QVERIFY2(next > 80, qPrintable(QString::number(next)));
    }
    void aFileAppearsWholeOrNotAtAll()
    {
        SeededRandom random(18);
        int appeared = 0;
        for (int round = 0; round < 30; ++round) {
            const QTemporaryDir folder;
            const std::string path = scratch::pathIn(folder, "new.tessera");
            const Child child = startChild(path, 0);
            ::usleep(static_cast<useconds_t>(random.below(30'000)));
            killAndRead(child);
            const auto opened = TesseraFile::open(path, OpenMode::readWrite);
            if (!opened) {
                QCOMPARE(opened.error().code, StorageErrc::notFound);
                continue;
            }
            QVERIFY(!opened.value()->recovery());
            ++appeared;
        }
        QVERIFY(appeared > 0);
    }
};

int main(int argc, char** argv)
{
    if (argc == 4 && std::string_view(argv[1]) == "--child")
        return runChild(argv[2], std::stoull(argv[3]));
    KillTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "kill_test.moc"
