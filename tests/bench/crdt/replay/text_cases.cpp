#include <core/crdt/doc.h>
#include <core/crdt/update.h>

#include "cases.h"

namespace tessera::bench {

using namespace crdt;

namespace {

/// A file of the case, kept with its path for errors.
struct CaseFile {
    std::string path;
    Bytes bytes;
    [[nodiscard]] Failure<CaseError> error(const std::string& what) const
    {
        return fail(CaseError{path, what});
    }
};

Result<CaseFile, CaseError> openCaseFile(const CaseOptions& options, const char* suffix)
{
    const std::filesystem::path path = options.folder / (options.name + suffix);
    TESSERA_TRY(bytes, readFile(path));
    return CaseFile{path.string(), std::move(bytes)};
}

/// One transaction for each removal and each insertion.
void replay(Doc& doc, Text& text, const std::vector<TextEdit>& edits)
{
    for (const TextEdit& edit : edits) {
        if (edit.removeCount > 0)
            doc.transact({}, [&](Transaction& transaction) {
                text.remove(transaction, edit.position, edit.removeCount);
            });
        if (!edit.insert.empty())
            doc.transact({}, [&](Transaction& transaction) {
                text.insert(transaction, edit.position, edit.insert);
            });
    }
}

Result<void, CaseError> applyTo(Doc& doc, ByteView update, const std::string& path,
                                const std::string& which)
{
    const auto applied = doc.applyUpdate(update);
    if (!applied)
        return fail(CaseError{path, which + " cannot be decoded: " + describe(applied.error())});
    return {};
}

/// A fresh document with `update`, timed with the first read of its text, as load_ms.
Result<void, CaseError> checkLoad(ByteView update, const CaseFile& end, const std::string& path,
                                  Metrics& metrics, const char* metric, Bytes& encodedAgain)
{
    Doc doc;
    std::string text;
    Result<void, CaseError> applied;
    const double loadMs = timeMs([&] {
        applied = applyTo(doc, update, path, "the full update");
        text = doc.text("text").toString();
    });
    TESSERA_CHECK(applied);
    if (metric)
        metrics.addTime(metric, loadMs);
    if (text != asText(end.bytes))
        return end.error("is not the text after loading " + path);
    encodedAgain = doc.encodeStateAsUpdate();
    return {};
}

/// Same clocks and as many deletes: what two encodes of one state share when they hold other
/// splits.
bool sameState(ByteView a, ByteView b)
{
    const auto first = inspectUpdate(a);
    const auto second = inspectUpdate(b);
    return first && second && first->from == second->from && first->to == second->to &&
           first->deletedUnits == second->deletedUnits;
}

Result<void, CaseError> traceOnce(const std::vector<TextEdit>& edits, const CaseFile& end,
                                  const CaseFile& full, Metrics& metrics)
{
    Doc doc({.clientId = ClientId{1}});
    std::uint64_t updateBytes = 0;
    const auto observer =
        doc.onUpdate([&](ByteView update, const Origin&, bool) { updateBytes += update.size(); });
    Text text = doc.text("text");
    metrics.addTime("local_ms", timeMs([&] { replay(doc, text, edits); }));
    if (text.toString() != asText(end.bytes))
        return end.error("is not the text after the edits");
    Bytes encoded;
    metrics.addTime("encode_ms", timeMs([&] { encoded = doc.encodeStateAsUpdate(); }));
    if (encoded != full.bytes)
        return full.error("is not what the edits encode to");
    Bytes encodedAgain;
    TESSERA_CHECK(checkLoad(encoded, end, full.path, metrics, "load_ms", encodedAgain));
    if (encodedAgain != full.bytes)
        return full.error("is not what it encodes to after a load");
    metrics.set("doc_bytes", encoded.size());
    metrics.set("update_bytes", updateBytes);
    return {};
}

Result<void, CaseError> concurrentOnce(const CaseFile& list, const std::vector<ByteView>& updates,
                                       const CaseFile& end, Metrics& metrics)
{
    Doc doc({.clientId = ClientId{99}});
    const Text text = doc.text("text");
    std::size_t failedAt = 0;
    Result<void, DecodeError> applied;
    metrics.addTime("remote_ms", timeMs([&] {
                        for (; applied && failedAt < updates.size(); ++failedAt)
                            applied = doc.applyUpdate(updates[failedAt], "remote");
                    }));
    if (!applied)
        return list.error("update " + std::to_string(failedAt - 1) +
                          " cannot be decoded: " + describe(applied.error()));
    if (doc.hasPending())
        return list.error("lacks an update that others depend on");
    if (text.toString() != asText(end.bytes))
        return end.error("is not the text after the updates");
    Bytes encoded;
    metrics.addTime("encode_ms", timeMs([&] { encoded = doc.encodeStateAsUpdate(); }));
    Bytes encodedAgain;
    TESSERA_CHECK(checkLoad(encoded, end, list.path, metrics, "load_ms", encodedAgain));
    if (encodedAgain != encoded && !sameState(encodedAgain, encoded))
        return list.error("encodes to another state after a load");
    metrics.set("doc_bytes", encoded.size());
    return {};
}

} // namespace

Result<Metrics, CaseError> runTrace(const CaseOptions& options)
{
    TESSERA_TRY(operations, openCaseFile(options, ".ops"));
    TESSERA_TRY(end, openCaseFile(options, ".end"));
    TESSERA_TRY(full, openCaseFile(options, ".yjs"));
    TESSERA_TRY(edits, parseEdits(operations.bytes, operations.path));
    Metrics metrics;
    for (std::size_t i = 0; i < options.repeats; ++i)
        TESSERA_CHECK(traceOnce(edits, end, full, metrics));
    metrics.set("end_chars", utf16Length(asText(end.bytes)));
    metrics.set("ops", edits.size());
    if (options.memory) {
        const auto bytes = memoryOfFreshProcess(full.path);
        if (!bytes)
            return full.error("could not be loaded by the process that measures memory");
        metrics.set("mem_rss_bytes", *bytes);
    }
    return metrics;
}

Result<Metrics, CaseError> runConcurrent(const CaseOptions& options)
{
    TESSERA_TRY(list, openCaseFile(options, ".conc"));
    TESSERA_TRY(end, openCaseFile(options, ".end"));
    TESSERA_TRY(updates, parseList(list.bytes, list.path));
    Metrics metrics;
    for (std::size_t i = 0; i < options.repeats; ++i)
        TESSERA_CHECK(concurrentOnce(list, updates, end, metrics));
    std::uint64_t updateBytes = 0;
    for (const ByteView update : updates)
        updateBytes += update.size();
    metrics.set("update_bytes", updateBytes);
    metrics.set("updates", updates.size());
    return metrics;
}

} // namespace tessera::bench
