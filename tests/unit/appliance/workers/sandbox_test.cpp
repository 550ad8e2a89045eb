#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <appliance/workers/sandbox.h>

using namespace tessera::appliance;

namespace {

constexpr int notConfined = 99;
constexpr int noLandlock = 98;

/// Runs `attempt` in a confined child; its return value, or notConfined, or -signal.
int confined(const QTemporaryDir& store, const std::function<int()>& attempt)
{
    const pid_t child = ::fork();
    if (child == 0) {
        const auto report = enterSandbox({{store.path().toStdString()}, 0});
        ::_exit(report ? attempt() : notConfined);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// errno of a call that returns a negative number on failure, or 0.
template <class Number> int errnoOf(Number result)
{
    return result < 0 ? errno : 0;
}

} // namespace

/// Escapes that a taken-over worker would try. Each must fail inside, and works outside: the test checks both, so that
/// a sandbox that is not entered cannot pass.
class SandboxTest : public QObject
{
    Q_OBJECT
private:
    QTemporaryDir m_store;

private Q_SLOTS:
    void initTestCase()
    {
        std::ofstream(m_store.path().toStdString() + "/weights.bin") << "weights";
    }

    void escapesFail_data()
    {
        using Attempt = std::function<int()>;
        QTest::addColumn<Attempt>("attempt");
        const std::string inStore = m_store.path().toStdString() + "/new";
        const auto row = [](const char* name, Attempt attempt) { QTest::newRow(name) << std::move(attempt); };
        row("TCP socket", [] { return errnoOf(::socket(AF_INET, SOCK_STREAM, 0)); });
        row("UDP socket", [] { return errnoOf(::socket(AF_INET6, SOCK_DGRAM, 0)); });
        row("Unix socket", [] { return errnoOf(::socket(AF_UNIX, SOCK_STREAM, 0)); });
        row("socket pair", [] { int ends[2]; return errnoOf(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends)); });
        row("make a file", [inStore] { return errnoOf(::open(inStore.c_str(), O_WRONLY | O_CREAT, 0600)); });
        row("open for write", [this] { return errnoOf(::open((m_store.path().toStdString() + "/weights.bin").c_str(), O_RDWR)); });
        row("make an unnamed file", [this] { return errnoOf(::open(m_store.path().toStdString().c_str(), O_TMPFILE | O_RDWR, 0600)); });
        row("write to /dev/null", [] { return errnoOf(::open("/dev/null", O_WRONLY)); });
        row("make a folder", [inStore] { return errnoOf(::mkdir(inStore.c_str(), 0700)); });
        row("unlink", [this] { return errnoOf(::unlink((m_store.path().toStdString() + "/weights.bin").c_str())); });
        row("exec", [] { char name[] = "/bin/true"; char* words[] = {name, nullptr}; return errnoOf(::execve(name, words, nullptr)); });
        row("fork", [] { const pid_t pid = ::fork(); if (pid == 0) ::_exit(0); return errnoOf(pid); });
        row("executable memory", [] {
            void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            return page == MAP_FAILED ? errno : 0;
        });
        row("signal the parent", [] { return errnoOf(::kill(::getppid(), 0)); });
        row("memory file", [] { return errnoOf(::syscall(SYS_memfd_create, "x", 0)); });
        row("io_uring", [] { char parameters[256] = {}; return errnoOf(::syscall(SYS_io_uring_setup, 4, parameters)); });
        row("raise the file limit", [] { const rlim64_t bound[2] = {1 << 20, 1 << 20}; return errnoOf(::syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, bound, nullptr)); });
    }
    void escapesFail()
    {
        QFETCH(std::function<int()>, attempt);
        const int inside = confined(m_store, attempt);
        QVERIFY2(inside == EPERM || inside == EACCES, qPrintable(QString("answered %1").arg(inside)));
    }

    void filesOutsideTheStoreCannotBeRead()
    {
        const pid_t child = ::fork();
        if (child == 0) {
            const auto report = enterSandbox({{m_store.path().toStdString()}, 0});
            ::_exit(!report ? notConfined : !report->hasLandlock ? noLandlock : errnoOf(::open("/etc/passwd", O_RDONLY)));
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WEXITSTATUS(status) == noLandlock)
            QSKIP("this kernel has no Landlock");
        QCOMPARE(WEXITSTATUS(status), EACCES);
        QVERIFY(::access("/etc/passwd", R_OK) == 0);
    }

    void theModelStoreCanBeRead()
    {
        const std::string file = m_store.path().toStdString() + "/weights.bin";
        QCOMPARE(confined(m_store, [&] { return errnoOf(::open(file.c_str(), O_RDONLY)); }), 0);
    }

    void threadsAndMemoryWork()
    {
        QCOMPARE(confined(m_store, [] {
            int sum = 0;
            std::thread worker([&] { sum = static_cast<int>(std::vector<int>(4 << 20, 1).size()); });
            worker.join();
            return sum == 4 << 20 ? 0 : 1;
        }), 0);
    }

    void aLogLineToAFileIsWrittenAndDoesNotKill()
    {
        const std::string log = m_store.path().toStdString() + "/log";
        const pid_t child = ::fork();
        if (child == 0) {
            ::dup2(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
            const auto report = enterSandbox({{}, 0});
            if (!report || ::write(STDERR_FILENO, "line\n", 5) != 5)
                ::_exit(1);
            const std::string flood(1 << 20, 'x');
            int refused = 0;
            for (int i = 0; i < 20; ++i)
                refused += ::write(STDERR_FILENO, flood.data(), flood.size()) < 0 ? 1 : 0;
            ::_exit(refused > 0 ? 0 : 2);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 0);
        QVERIFY(QFileInfo(QString::fromStdString(log)).size() <= 17 << 20);
    }

    void threadsMadeBeforeAreConfinedToo()
    {
        const pid_t child = ::fork();
        if (child == 0) {
            std::atomic<bool> isConfined{false};
            std::atomic<int> result{0};
            std::thread earlier([&] {
                while (!isConfined)
                    std::this_thread::yield();
                result = errnoOf(::socket(AF_INET, SOCK_STREAM, 0));
            });
            const auto report = enterSandbox({{}, 0});
            isConfined = true;
            earlier.join();
            ::_exit(report ? result.load() : notConfined);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        QCOMPARE(WEXITSTATUS(status), EPERM);
    }

    void theseCallsWorkOutside()
    {
        const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
        QVERIFY(descriptor >= 0);
        ::close(descriptor);
        const int file = ::open("/dev/null", O_WRONLY);
        QVERIFY(file >= 0);
        ::close(file);
        const pid_t child = ::fork();
        if (child == 0)
            ::_exit(0);
        QVERIFY(child > 0);
        ::waitpid(child, nullptr, 0);
    }
};

QTEST_APPLESS_MAIN(SandboxTest)
#include "sandbox_test.moc"
