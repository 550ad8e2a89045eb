#include "page_scan.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "record.h"

namespace tessera::storage {
namespace {

constexpr std::size_t headerBytes = 100; ///< of the file, on page 1
constexpr std::size_t walHeaderBytes = 32;
constexpr std::size_t walFrameHeaderBytes = 24;
constexpr std::uint8_t leafTablePage = 0x0d;

std::uint32_t bigEndian(ByteView bytes, std::size_t at, int count)
{
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i)
        value = value << 8 | bytes[at + static_cast<std::size_t>(i)];
    return value;
}

bool isPageSize(std::uint64_t size) { return size >= 512 && size <= 65536 && (size & (size - 1)) == 0; }

class InputFile
{
public:
    explicit InputFile(const std::string& path) : m_descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC))
    {
        struct stat status {};
        if (m_descriptor >= 0 && ::fstat(m_descriptor, &status) == 0 && S_ISREG(status.st_mode))
            m_size = static_cast<std::uint64_t>(status.st_size);
    }
    ~InputFile()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;

    [[nodiscard]] std::uint64_t size() const { return m_size; }
    /// Shorter at the end of the file and on a device error.
    [[nodiscard]] Bytes read(std::uint64_t offset, std::size_t count) const
    {
        Bytes bytes(static_cast<std::size_t>(std::min<std::uint64_t>(count, offset < m_size ? m_size - offset : 0)));
        std::size_t done = 0;
        while (done < bytes.size()) {
            const ssize_t got = ::pread(m_descriptor, bytes.data() + done, bytes.size() - done,
                                        static_cast<off_t>(offset + done));
            if (got <= 0)
                break;
            done += static_cast<std::size_t>(got);
        }
        bytes.resize(done);
        return bytes;
    }

private:
    int m_descriptor;
    std::uint64_t m_size = 0;
};

class Scanner
{
public:
    Scanner(const std::string& path, const ScanLimits& limits, const std::function<void(FoundRow)>& sink)
        : m_file(path), m_wal(path + "-wal"), m_limits(limits), m_sink(sink)
    {
        // Every cell may name the same long chain: a sound file needs each of its bytes about once.
        m_budgetBytes = 8 * (m_file.size() + m_wal.size()) + (16u << 20);
    }

    ScanReport run()
    {
        const Bytes header = m_file.read(0, headerBytes);
        Layout stored; // what we make; used when the header is gone
        if (header.size() == headerBytes && asText(header).starts_with("SQLite format 3")) {
            const std::uint32_t size = bigEndian(header, 16, 2);
            if (isPageSize(size == 1 ? 65536 : size))
                stored = {size == 1 ? 65536 : size, 0};
            stored.reserved = std::min<std::uint64_t>(header[20], stored.pageBytes - 480);
            const std::uint64_t pages = bigEndian(header, 28, 4), present = m_file.size() / stored.pageBytes;
            if (m_wal.size() == 0 && pages > present) // else the rest is in the log
                m_report.missingPages = pages - present;
        }
        scan(stored);
        if (!(stored == Layout{}))
            scan({}); // the header itself may be what is damaged
        return m_report;
    }

private:
    struct Layout {
        std::uint64_t pageBytes = 4096;
        std::uint64_t reserved = 0; ///< at the end of each page
        friend bool operator==(const Layout&, const Layout&) = default;
    };

    void scan(const Layout& layout)
    {
        m_pageBytes = layout.pageBytes;
        m_reserved = layout.reserved;
        indexLog();
        const std::uint64_t bytes = std::min(m_file.size(), m_limits.maxFileBytes);
        for (std::uint64_t number = 1; (number - 1) * m_pageBytes < bytes && !m_report.cutShort; ++number)
            scanPage(number, m_file.read((number - 1) * m_pageBytes, m_pageBytes));
        for (std::uint64_t frame = 0; frame < m_frameCount && !m_report.cutShort; ++frame)
            scanPage(0, m_wal.read(frameOffset(frame), m_pageBytes));
    }

    [[nodiscard]] std::uint64_t frameOffset(std::uint64_t frame) const
    {
        return walHeaderBytes + frame * (walFrameHeaderBytes + m_pageBytes) + walFrameHeaderBytes;
    }

    void indexLog()
    {
        m_latest.clear();
        m_frameCount = 0;
        const Bytes header = m_wal.read(0, walHeaderBytes);
        if (header.size() < walHeaderBytes || bigEndian(header, 8, 4) != m_pageBytes)
            return;
        m_frameCount = (m_wal.size() - walHeaderBytes) / (walFrameHeaderBytes + m_pageBytes);
        for (std::uint64_t frame = 0; frame < m_frameCount; ++frame) {
            const Bytes frameHeader = m_wal.read(frameOffset(frame) - walFrameHeaderBytes, walFrameHeaderBytes);
            if (frameHeader.size() < walFrameHeaderBytes)
                break;
            // Frames of an earlier round of the log have other salts.
            if (std::equal(frameHeader.begin() + 8, frameHeader.begin() + 16, header.begin() + 16))
                m_latest[bigEndian(frameHeader, 0, 4)] = frame;
        }
    }

    [[nodiscard]] Bytes page(std::uint64_t number, bool withLog) const
    {
        if (withLog) {
            if (const auto frame = m_latest.find(number); frame != m_latest.end())
                return m_wal.read(frameOffset(frame->second), m_pageBytes);
        }
        return m_file.read((number - 1) * m_pageBytes, m_pageBytes);
    }

    void scanPage(std::uint64_t number, const Bytes& bytes)
    {
        ++m_report.pages;
        // A frame may hold page 1 too; its file header shows where the page header is.
        const bool isFirst = number == 1 || (bytes.size() > headerBytes && asText(bytes).starts_with("SQLite format 3"));
        const std::size_t start = isFirst ? headerBytes : 0;
        if (bytes.size() < start + 8 || bytes[start] != leafTablePage)
            return;
        const std::uint32_t cells = bigEndian(bytes, start + 3, 2);
        for (std::uint32_t i = 0; i < cells && !m_report.cutShort; ++i) {
            const std::size_t pointer = start + 8 + 2 * static_cast<std::size_t>(i);
            if (pointer + 2 > bytes.size())
                return;
            readCell(bytes, bigEndian(bytes, pointer, 2));
        }
    }

    void readCell(const Bytes& bytes, std::size_t at)
    {
        const auto payloadBytes = readRecordVarint(bytes, at);
        const auto rowid = readRecordVarint(bytes, at);
        if (!payloadBytes || !rowid || *payloadBytes < 2 || *payloadBytes > m_file.size() + m_wal.size())
            return;
        const std::uint64_t usable = m_pageBytes - m_reserved, whole = *payloadBytes;
        std::uint64_t local = whole;
        if (whole > usable - 35) {
            const std::uint64_t least = (usable - 12) * 32 / 255 - 23;
            const std::uint64_t fitting = least + (whole - least) % (usable - 4);
            local = fitting <= usable - 35 ? fitting : least;
        }
        const std::uint64_t tail = local < whole ? 4 : 0;
        if (at + local + tail > bytes.size())
            return;
        const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        const Bytes start(begin, begin + static_cast<std::ptrdiff_t>(local));
        if (tail == 0) {
            (void)offer(static_cast<std::int64_t>(*rowid), start);
            return;
        }
        const std::uint32_t next = bigEndian(bytes, at + local, 4);
        const std::uint64_t brokenBefore = m_report.brokenRows;
        if (offer(static_cast<std::int64_t>(*rowid), withChain(start, next, whole, true)))
            return;
        if (!m_latest.empty() && offer(static_cast<std::int64_t>(*rowid), withChain(start, next, whole, false)))
            m_report.brokenRows = brokenBefore; // the older pages had it whole
    }

    /// The payload continued over its overflow pages; shorter where the chain breaks.
    Bytes withChain(Bytes payload, std::uint64_t next, std::uint64_t whole, bool withLog)
    {
        while (payload.size() < whole && next != 0) {
            const Bytes bytes = page(next, withLog);
            if (bytes.size() < m_pageBytes)
                break;
            const std::uint64_t count = std::min<std::uint64_t>(m_pageBytes - m_reserved - 4, whole - payload.size());
            payload.insert(payload.end(), bytes.begin() + 4, bytes.begin() + 4 + static_cast<std::ptrdiff_t>(count));
            next = bigEndian(bytes, 0, 4);
            if (bytes.size() > m_budgetBytes) {
                m_report.cutShort = true;
                break;
            }
            m_budgetBytes -= bytes.size();
        }
        return payload;
    }

    bool offer(std::int64_t rowid, const Bytes& payload)
    {
        bool broken = false;
        auto row = readRecord(rowid, payload, broken);
        m_report.brokenRows += broken;
        if (!row)
            return false;
        ++m_report.rows;
        m_sink(std::move(*row));
        m_report.cutShort = m_report.cutShort || m_limits.firstRowOnly;
        return true;
    }

    InputFile m_file;
    InputFile m_wal;
    const ScanLimits& m_limits;
    const std::function<void(FoundRow)>& m_sink;
    ScanReport m_report;
    std::uint64_t m_pageBytes = 0;
    std::uint64_t m_reserved = 0;
    std::uint64_t m_frameCount = 0;
    std::uint64_t m_budgetBytes = 0;
    std::unordered_map<std::uint64_t, std::uint64_t> m_latest; ///< page number to its newest frame
};

} // namespace

ScanReport scanRows(const std::string& path, const ScanLimits& limits, const std::function<void(FoundRow)>& sink)
{
    return Scanner(path, limits, sink).run();
}

} // namespace tessera::storage
