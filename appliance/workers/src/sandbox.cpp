#include <appliance/workers/sandbox.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tessera::appliance {
namespace {

std::string problem(const std::string& step, int number)
{
    return step + ": " + std::strerror(number);
}

bool limit(int resource, rlim_t value)
{
    const rlimit bound{value, value};
    return ::setrlimit(static_cast<__rlimit_resource>(resource), &bound) == 0;
}

/// A log that stderr was sent to may still grow by this much; without the room a log line would be a fatal signal.
constexpr rlim_t logRoomBytes = 16u << 20;

rlim_t fileLimit()
{
    struct stat status {};
    const bool isFile = ::fstat(STDERR_FILENO, &status) == 0 && S_ISREG(status.st_mode);
    return isFile ? static_cast<rlim_t>(status.st_size) + logRoomBytes : 0;
}

Result<void, std::string> setLimits([[maybe_unused]] const SandboxOptions& options)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // sanitizers map terabytes
    if (options.memoryBytes > 0 && !limit(RLIMIT_AS, options.memoryBytes))
        return fail(problem("limit address space", errno));
#endif
    std::signal(SIGXFSZ, SIG_IGN); // past the limit a write fails and the line is lost
    if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_FSIZE, fileLimit()) || !limit(RLIMIT_NOFILE, 64))
        return fail(problem("set limits", errno));
    return {};
}

/// Rights that Linux 5.13 knows; later ones are asked for by version.
constexpr std::uint64_t readRights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t handledRights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

/// False when the kernel has no Landlock.
Result<bool, std::string> restrictFiles(const std::vector<std::filesystem::path>& readable)
{
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = handledRights;
    const long ruleset = ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0) {
        if (errno == ENOSYS || errno == EOPNOTSUPP)
            return false;
        return fail(problem("landlock ruleset", errno));
    }
    const int descriptor = static_cast<int>(ruleset);
    for (const auto& folder : readable) {
        const int parent = ::open(folder.c_str(), O_PATH | O_CLOEXEC);
        if (parent < 0)
            continue; // a folder that does not exist gives nothing to read
        landlock_path_beneath_attr rule{};
        rule.allowed_access = readRights;
        rule.parent_fd = parent;
        const long added = ::syscall(SYS_landlock_add_rule, descriptor, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        const int number = errno;
        ::close(parent);
        if (added != 0) {
            ::close(descriptor);
            return fail(problem("landlock rule for " + folder.string(), number));
        }
    }
    const long restricted = ::syscall(SYS_landlock_restrict_self, descriptor, 0);
    const int number = errno;
    ::close(descriptor);
    if (restricted != 0)
        return fail(problem("landlock restrict", number));
    return true;
}

class Filter
{
public:
    Filter() : m_context(seccomp_init(SCMP_ACT_ERRNO(EPERM))) {}
    ~Filter() { seccomp_release(m_context); }
    Filter(const Filter&) = delete;
    Filter& operator=(const Filter&) = delete;

    template <class... Conditions> void allow(int call, Conditions... conditions)
    {
        add(SCMP_ACT_ALLOW, call, conditions...);
    }
    template <class... Conditions> void add(std::uint32_t action, int call, Conditions... conditions)
    {
        const int code = seccomp_rule_add(m_context, action, call, sizeof...(conditions), conditions...);
        if (code != 0 && m_error == 0)
            m_error = -code;
    }
    Result<void, std::string> load()
    {
        // Covers threads that exist already, e.g. those of an inference engine.
        int code = seccomp_attr_set(m_context, SCMP_FLTATR_CTL_TSYNC, 1);
        if (code == 0 && m_error == 0)
            code = seccomp_load(m_context);
        if (code != 0 || m_error != 0)
            return fail(problem("seccomp filter", m_error != 0 ? m_error : -code));
        return {};
    }

private:
    scmp_filter_ctx m_context;
    int m_error = 0;
};

constexpr int plainCalls[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(close),
    SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(lseek),
    SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64), SCMP_SYS(getcwd), SCMP_SYS(fcntl), SCMP_SYS(fadvise64), SCMP_SYS(munmap), SCMP_SYS(mremap),
    SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack), SCMP_SYS(futex), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_setaffinity), SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler), SCMP_SYS(getcpu),
    SCMP_SYS(set_robust_list), SCMP_SYS(set_tid_address), SCMP_SYS(rseq), SCMP_SYS(membarrier), SCMP_SYS(exit),
    SCMP_SYS(exit_group), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(getrlimit),
    SCMP_SYS(getrusage), SCMP_SYS(getrandom), SCMP_SYS(restart_syscall)};

Result<void, std::string> filterCalls()
{
    Filter filter;
    for (const int call : plainCalls)
        filter.allow(call);
    const scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
    filter.allow(SCMP_SYS(open), SCMP_A1(SCMP_CMP_MASKED_EQ, writing, O_RDONLY));
    filter.allow(SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, writing, O_RDONLY));
    filter.allow(SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    filter.allow(SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    filter.allow(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    // The flags of clone3 are behind a pointer; without it libc takes clone.
    filter.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
    filter.allow(SCMP_SYS(prlimit64), SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0));
    filter.allow(SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid())));
    filter.allow(SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    filter.allow(SCMP_SYS(pipe)); // how sanitizers find out whether an address can be read
    filter.allow(SCMP_SYS(pipe2));
#endif
    return filter.load();
}

} // namespace

Result<SandboxReport, std::string> enterSandbox(const SandboxOptions& options)
{
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(problem("no new privileges", errno));
    TESSERA_CHECK(setLimits(options));
    TESSERA_TRY(hasLandlock, restrictFiles(options.readable));
    TESSERA_CHECK(filterCalls());
    return SandboxReport{hasLandlock};
}

} // namespace tessera::appliance
