#include <core/crdt/doc.h>
#include <core/crdt/update.h>

#include "cases.h"

namespace tessera::bench {

using namespace crdt;

namespace {

Result<void, CaseError> loadOnce(const CaseFile& update, const CaseFile& after, Metrics& metrics)
{
    Doc doc;
    Result<void, DecodeError> applied;
    metrics.addTime("load_ms", timeMs([&] { applied = doc.applyUpdate(update.bytes, "remote"); }));
    if (!applied)
        return update.error("cannot be decoded: " + describe(applied.error()));
    Bytes encoded;
    metrics.addTime("encode_ms", timeMs([&] { encoded = doc.encodeStateAsUpdate(); }));
    if (encoded != after.bytes)
        return after.error("is not what it encodes to after a load");
    metrics.set("doc_bytes", encoded.size());
    return {};
}

Result<void, CaseError> mergeOnce(const CaseFile& parts, const std::vector<Bytes>& updates,
                                  const CaseFile& expected, Metrics& metrics)
{
    const Stopwatch stopwatch;
    const auto merged = mergeUpdates(updates);
    metrics.addTime("merge_ms", stopwatch.elapsedMs());
    if (!merged)
        return parts.error("cannot be merged: " + describe(merged.error()));
    if (merged.value() != expected.bytes)
        return expected.error("is not what the parts merge to");
    return {};
}

} // namespace

Result<Metrics, CaseError> runLoad(const CaseOptions& options)
{
    TESSERA_TRY(update, openCaseFile(options, ".load"));
    CaseFile after = update;
    if (hasCaseFile(options, ".after")) {
        TESSERA_TRY(other, openCaseFile(options, ".after"));
        after = std::move(other);
    }
    Metrics metrics;
    for (std::size_t i = 0; i < options.repeats; ++i)
        TESSERA_CHECK(loadOnce(update, after, metrics));
    metrics.set("update_bytes", update.bytes.size());
    if (options.memory) {
        const auto bytes = memoryOfFreshProcess(update.path);
        if (!bytes)
            return update.error("could not be loaded by the process that measures memory");
        metrics.set("mem_rss_bytes", *bytes);
    }
    return metrics;
}

Result<Metrics, CaseError> runMerge(const CaseOptions& options)
{
    TESSERA_TRY(parts, openCaseFile(options, ".parts"));
    TESSERA_TRY(expected, openCaseFile(options, ".merged"));
    TESSERA_TRY(views, parseList(parts.bytes, parts.path));
    std::vector<Bytes> updates;
    for (const ByteView view : views)
        updates.emplace_back(view.begin(), view.end());
    Metrics metrics;
    for (std::size_t i = 0; i < options.repeats; ++i)
        TESSERA_CHECK(mergeOnce(parts, updates, expected, metrics));
    metrics.set("updates", updates.size());
    metrics.set("doc_bytes", expected.bytes.size());
    return metrics;
}

bool hasCaseFile(const CaseOptions& options, const char* suffix)
{
    std::error_code code;
    return std::filesystem::exists(options.folder / (options.name + suffix), code);
}

Result<CaseFile, CaseError> openCaseFile(const CaseOptions& options, const char* suffix)
{
    const std::filesystem::path path = options.folder / (options.name + suffix);
    TESSERA_TRY(bytes, readFile(path));
    return CaseFile{path.string(), std::move(bytes)};
}

} // namespace tessera::bench
