#include <algorithm>
#include <map>
#include <set>

#include "opening.h"
#include "page_scan.h"
#include "schema.h"

namespace tessera::storage {
namespace {

std::string counted(std::uint64_t count, const std::string& one, const std::string& many)
{
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

/// Writes found rows and keeps what the report needs.
class Sink
{
public:
    explicit Sink(Database& target) : m_target(target) {}

    void take(FoundRow row)
    {
        if (!m_written)
            return; // the target failed: nothing more can be kept
        m_written = std::visit([this](auto& concrete) { return write(concrete); }, row);
    }

    /// Updates that stood under a number another update has too (a rolled back write in the log).
    Result<void, StorageError> finish()
    {
        TESSERA_CHECK(m_written);
        std::int64_t next = std::max(m_checksums.empty() ? 0 : m_checksums.rbegin()->first,
                                     m_snapshots.empty() ? 0 : *m_snapshots.rbegin());
        for (UpdateRow& row : m_doubles) {
            row.seq = ++next;
            TESSERA_CHECK(insertUpdate(m_target, row));
        }
        return {};
    }

    [[nodiscard]] Salvaged report(const ScanReport& scan) const
    {
        Salvaged salvaged;
        const std::int64_t upto = m_snapshots.empty() ? 0 : *m_snapshots.rbegin();
        if (upto > 0)
            salvaged.repaired.push_back("the document up to change " + std::to_string(upto));
        const auto later = m_checksums.upper_bound(upto);
        if (const auto count = static_cast<std::uint64_t>(std::distance(later, m_checksums.end())); count > 0)
            salvaged.repaired.push_back(counted(count, "later change", "later changes"));
        if (!m_blobs.empty())
            salvaged.repaired.push_back(counted(m_blobs.size(), "image or other asset", "images and other assets"));
        std::int64_t expected = upto + 1;
        for (auto at = later; at != m_checksums.end(); ++at) {
            if (at->first > expected)
                salvaged.lost.push_back(gap(expected, at->first - 1));
            expected = at->first + 1;
        }
        if (scan.brokenRows > 0)
            salvaged.lost.push_back(counted(scan.brokenRows, "stored value", "stored values")
                                    + " did not match the checksum");
        if (scan.cutShort)
            salvaged.lost.push_back("what the search did not reach: the file refers to itself too often");
        if (scan.missingPages > 0)
            salvaged.lost.push_back(counted(scan.missingPages, "page", "pages") + " at the end of the file");
        if (!salvaged.repaired.empty())
            salvaged.lost.push_back("changes after change " + std::to_string(expected - 1) + ", if there were any");
        else
            salvaged.lost.push_back("the whole document: nothing readable was found in "
                                    + counted(scan.pages, "page", "pages"));
        return salvaged;
    }

private:
    static std::string gap(std::int64_t first, std::int64_t last)
    {
        return first == last ? "change " + std::to_string(first)
                             : "changes " + std::to_string(first) + " to " + std::to_string(last);
    }

    Result<void, StorageError> write(UpdateRow& row)
    {
        const Bytes sum = checksumOf(row);
        const auto [found, isNew] = m_checksums.emplace(row.seq, sum);
        if (isNew)
            return insertUpdate(m_target, row);
        if (found->second != sum && m_doubleSums.insert(sum).second)
            m_doubles.push_back(std::move(row));
        return {};
    }
    Result<void, StorageError> write(const SnapshotRow& row)
    {
        return m_snapshots.insert(row.upto).second ? insertSnapshot(m_target, row) : Result<void, StorageError>{};
    }
    Result<void, StorageError> write(const BlobRow& row)
    {
        return m_blobs.insert(row.hash).second ? insertBlob(m_target, row) : Result<void, StorageError>{};
    }
    Result<void, StorageError> write(const LocalRow& row) { return insertLocal(m_target, row); }

    Database& m_target;
    Result<void, StorageError> m_written;
    std::map<std::int64_t, Bytes> m_checksums; ///< of the updates, by seq
    std::set<Bytes> m_doubleSums;
    std::vector<UpdateRow> m_doubles;
    std::set<std::int64_t> m_snapshots;
    std::set<std::string> m_blobs;
};

} // namespace

Result<Salvaged, StorageError> salvageRows(const std::string& path, Database& target)
{
    TESSERA_CHECK(migrate(target));
    Sink sink(target);
    ScanReport scan;
    TESSERA_CHECK(inTransaction(target, [&]() -> Result<void, StorageError> {
        scan = scanRows(path, {}, [&](FoundRow row) { sink.take(std::move(row)); });
        return sink.finish();
    }));
    return sink.report(scan);
}

} // namespace tessera::storage
