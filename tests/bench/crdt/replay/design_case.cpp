#include <algorithm>
#include <cmath>

#include <core/crdt/doc.h>
#include <core/crdt/update.h>

#include "cases.h"

namespace tessera::bench {

using namespace crdt;

namespace {

struct DesignFiles {
    std::string folder;
    Bytes base;
    Bytes full;
    Bytes diffBytes;
    Bytes smallBytes;
    std::vector<ByteView> diffs; ///< into diffBytes
    std::vector<ByteView> small; ///< into smallBytes
    DesignSum sum;

    [[nodiscard]] Failure<CaseError> error(const char* file, const std::string& what) const
    {
        return fail(CaseError{folder + "/design." + file, what});
    }
};

Result<DesignFiles, CaseError> readDesign(const std::filesystem::path& folder)
{
    DesignFiles files;
    files.folder = folder.string();
    const auto path = [&](const char* suffix) { return files.folder + "/design." + suffix; };
    TESSERA_TRY(base, readFile(path("base")));
    TESSERA_TRY(full, readFile(path("full")));
    TESSERA_TRY(diffBytes, readFile(path("diffs")));
    TESSERA_TRY(smallBytes, readFile(path("small")));
    TESSERA_TRY(sum, readDesignSum(folder));
    files.base = std::move(base);
    files.full = std::move(full);
    files.diffBytes = std::move(diffBytes);
    files.smallBytes = std::move(smallBytes);
    files.sum = sum;
    TESSERA_TRY(diffs, parseList(files.diffBytes, path("diffs")));
    TESSERA_TRY(small, parseList(files.smallBytes, path("small")));
    files.diffs = std::move(diffs);
    files.small = std::move(small);
    return files;
}

std::u16string utf16Of(std::string_view utf8)
{
    std::u16string units;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto first = static_cast<std::uint8_t>(utf8[i]);
        const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        std::uint32_t point = size == 1 ? first : first & (0x7f >> size);
        for (std::size_t k = 1; k < size && i + k < utf8.size(); ++k)
            point = point << 6 | (static_cast<std::uint8_t>(utf8[i + k]) & 0x3f);
        i += size;
        if (point >= 0x10000) {
            units += static_cast<char16_t>(0xd7c0 + (point >> 10));
            point = 0xdc00 + (point & 0x3ff);
        }
        units += static_cast<char16_t>(point);
    }
    return units;
}

/// What JavaScript's String() makes of a property.
std::string asJavaScriptText(const Value& value)
{
    const Any plain = std::holds_alternative<Any>(value) ? std::get<Any>(value)
                                                         : std::get<SharedType>(value).toAny();
    if (const std::string* text = plain.string())
        return *text;
    if (plain.object())
        return "[object Object]";
    if (const double* number = plain.number(); number && !std::isfinite(*number))
        return std::isnan(*number) ? "NaN" : *number > 0 ? "Infinity" : "-Infinity";
    return toJson(plain);
}

using Entry = std::pair<std::u16string, Value>;

/// Sorted as JavaScript sorts strings: by UTF-16 unit.
std::vector<Entry> sortedEntries(const Map& map)
{
    std::vector<Entry> entries;
    map.forEach([&](std::string_view key, const Value& value) {
        entries.emplace_back(utf16Of(key), value);
    });
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.first < b.first; });
    return entries;
}

/// Over node id, property name and value of every property, nodes and properties sorted: h = h * 31
/// + unit, 32 bits.
std::uint32_t checksumOf(Doc& doc)
{
    std::uint32_t hash = 0;
    const auto add = [&](const std::u16string& text) {
        for (const char16_t unit : text)
            hash = hash * 31 + unit;
    };
    for (const auto& [id, node] : sortedEntries(doc.map("nodes"))) {
        if (!std::holds_alternative<SharedType>(node))
            continue;
        for (const auto& [name, value] : sortedEntries(std::get<SharedType>(node).asMap())) {
            add(id);
            add(name);
            add(utf16Of(asJavaScriptText(value)));
        }
    }
    return hash;
}

std::uint64_t countValues(Doc& doc)
{
    std::uint64_t count = 0;
    doc.map("nodes").forEach([&](std::string_view, const Value& node) {
        if (const SharedType* type = std::get_if<SharedType>(&node))
            type->asMap().forEach([&](std::string_view, const Value& value) {
                const Any* plain = std::get_if<Any>(&value);
                count += !plain || !plain->isUndefined();
            });
    });
    return count;
}

Result<void, CaseError> apply(Doc& doc, const DesignFiles& files, const char* file, ByteView update)
{
    const auto applied = doc.applyUpdate(update, "remote");
    if (!applied)
        return files.error(file, "cannot be decoded: " + describe(applied.error()));
    return {};
}

/// All of `updates` into `doc`, which holds the base; the time goes to `metric`.
Result<void, CaseError> mergeInto(Doc& doc, const DesignFiles& files, const char* file,
                                  const std::vector<ByteView>& updates, Metrics& metrics,
                                  const char* metric)
{
    Result<void, CaseError> applied;
    metrics.addTime(metric, timeMs([&] {
                        for (std::size_t i = 0; applied && i < updates.size(); ++i)
                            applied = apply(doc, files, file, updates[i]);
                    }));
    TESSERA_CHECK(applied);
    if (doc.hasPending())
        return files.error(file, "lacks an update that others depend on");
    return {};
}

/// Base and diffs: values, bytes, checksum.
Result<std::uint32_t, CaseError> mergeDiffs(const DesignFiles& files, Metrics& metrics)
{
    Doc doc;
    TESSERA_CHECK(apply(doc, files, "base", files.base));
    TESSERA_CHECK(mergeInto(doc, files, "diffs", files.diffs, metrics, "merge8_ms"));
    const std::uint32_t checksum = checksumOf(doc);
    if (files.sum.checksum && *files.sum.checksum != checksum)
        return files.error("sum",
                           "has another checksum than base and diffs, " + std::to_string(checksum));
    if (doc.encodeStateAsUpdate() != files.full)
        return files.error("full", "is not what base and diffs encode to");
    return checksum;
}

/// The encode of base and small updates, made and checked outside the measured load.
Result<Bytes, CaseError> mergeSmall(const DesignFiles& files, std::uint32_t checksum,
                                    Metrics& metrics)
{
    Doc doc;
    TESSERA_CHECK(apply(doc, files, "base", files.base));
    TESSERA_CHECK(mergeInto(doc, files, "small", files.small, metrics, "merge_small_ms"));
    if (checksumOf(doc) != checksum)
        return files.error("small", "does not lead to the values that design.diffs leads to");
    Bytes encoded;
    metrics.addTime("encode_ms", timeMs([&] { encoded = doc.encodeStateAsUpdate(); }));
    return encoded;
}

Result<void, CaseError> loadAndRead(const DesignFiles& files, ByteView encoded,
                                    std::uint32_t checksum, Metrics& metrics)
{
    Doc doc;
    Result<void, CaseError> applied;
    metrics.addTime("load_ms", timeMs([&] { applied = apply(doc, files, "small", encoded); }));
    TESSERA_CHECK(applied);
    std::uint64_t count = 0;
    metrics.addTime("read_ms", timeMs([&] { count = countValues(doc); }));
    if (count != files.sum.values)
        return files.error("sum", "says another number of values than the " +
                                      std::to_string(count) + " there are");
    if (checksumOf(doc) != checksum)
        return files.error("small", "leads to other values after an encode and a load");
    return {};
}

/// A load of design.full encodes to its own bytes and holds the same values.
Result<void, CaseError> checkFull(const DesignFiles& files, std::uint32_t checksum)
{
    Doc doc;
    TESSERA_CHECK(apply(doc, files, "full", files.full));
    if (checksumOf(doc) != checksum)
        return files.error("full", "holds other values than base and diffs");
    if (doc.encodeStateAsUpdate() != files.full)
        return files.error("full", "is not what it encodes to after a load");
    return {};
}

std::uint64_t totalBytes(const std::vector<ByteView>& list)
{
    std::uint64_t bytes = 0;
    for (const ByteView entry : list)
        bytes += entry.size();
    return bytes;
}

} // namespace

Result<DesignSum, CaseError> readDesignSum(const std::filesystem::path& folder)
{
    const std::string path = (folder / "design.sum").string();
    TESSERA_TRY(bytes, readFile(path));
    const auto json = parseJson(asText(bytes));
    const auto numberIn = [&](const char* key) {
        const Any* found = json ? json->find(key) : nullptr;
        return found ? found->number() : nullptr;
    };
    const double* values = numberIn("values");
    if (!values || *values < 0 || *values > 4294967295.0)
        return fail(CaseError{path, R"(is not JSON of the form {"values": 60000})"});
    DesignSum sum{.values = static_cast<std::uint64_t>(*values), .checksum = std::nullopt};
    if (const double* checksum = numberIn("checksum");
        checksum && *checksum >= 0 && *checksum <= 4294967295.0)
        sum.checksum = static_cast<std::uint32_t>(*checksum);
    return sum;
}

Result<Metrics, CaseError> runDesign(const CaseOptions& options)
{
    TESSERA_TRY(files, readDesign(options.folder));
    Metrics metrics;
    metrics.set("txs", files.small.size());
    metrics.set("base_bytes", files.base.size());
    metrics.set("diff_bytes", totalBytes(files.diffs));
    metrics.set("small_bytes", totalBytes(files.small));
    for (std::size_t i = 0; i < options.repeats; ++i) {
        TESSERA_TRY(checksum, mergeDiffs(files, metrics));
        TESSERA_TRY(encoded, mergeSmall(files, checksum, metrics));
        TESSERA_CHECK(loadAndRead(files, encoded, checksum, metrics));
        metrics.set("doc_bytes", encoded.size());
        metrics.set("checksum", checksum);
        if (i == 0)
            TESSERA_CHECK(checkFull(files, checksum));
    }
    if (options.memory) {
        const auto bytes = memoryOfFreshProcess(files.folder + "/design.full");
        if (!bytes)
            return files.error("full", "could not be loaded by the process that measures memory");
        metrics.set("mem_rss_bytes", *bytes);
    }
    return metrics;
}

} // namespace tessera::bench
