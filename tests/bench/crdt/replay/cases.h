#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "case_files.h"
#include "measure.h"

/// The cases of a bench folder. Each checks everything it can check (final text, checksum, value
/// count, bytes) in every repetition, outside the measured time, and returns the first thing that
/// is wrong.
namespace tessera::bench {

struct CaseOptions {
    std::filesystem::path folder;
    std::string name;        ///< NAME of NAME.ops and so on; "design" for the design case
    std::size_t repeats = 3; ///< at least 1
    bool memory = true;      ///< also measure resident memory, in a process of its own
};

/// NAME.ops: each edit a transaction of its own with an update observer; then encode, and load of
/// that. Must equal NAME.end as text and NAME.yjs as bytes, also after a load. With NAME.start the
/// edits are made to a document that has loaded it (start_ms).
Result<Metrics, CaseError> runTrace(const CaseOptions& options);

/// NAME.conc: the updates one by one into an empty document; then encode, and load of that. Must
/// equal NAME.end.
Result<Metrics, CaseError> runConcurrent(const CaseOptions& options);

/// design.*: into the base the eight diffs, and into another the small updates one by one; then
/// encode, load of that, and a read of every value. Both merges must hold the same values, the
/// first must encode as design.full.
Result<Metrics, CaseError> runDesign(const CaseOptions& options);

/// NAME.load: one load, then an encode, which must equal NAME.after or, without one, the update.
Result<Metrics, CaseError> runLoad(const CaseOptions& options);

/// NAME.parts: all its updates merged to one without a document; must equal NAME.merged.
Result<Metrics, CaseError> runMerge(const CaseOptions& options);

/// A file of a case, kept with its path for errors.
struct CaseFile {
    std::string path;
    Bytes bytes;
    [[nodiscard]] Failure<CaseError> error(const std::string& what) const
    {
        return fail(CaseError{path, what});
    }
};
[[nodiscard]] bool hasCaseFile(const CaseOptions& options, const char* suffix);
Result<CaseFile, CaseError> openCaseFile(const CaseOptions& options, const char* suffix);

/// What design.sum says; checksum only where it stands there.
struct DesignSum {
    std::uint64_t values = 0;
    std::optional<std::uint32_t> checksum;
};
Result<DesignSum, CaseError> readDesignSum(const std::filesystem::path& folder);

} // namespace tessera::bench
