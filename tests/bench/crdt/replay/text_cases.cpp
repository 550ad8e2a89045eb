#include <optional>

#include <core/crdt/doc.h>
#include <core/crdt/update.h>

#include "cases.h"

namespace tessera::bench {

using namespace crdt;

namespace {

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
                                  Metrics& metrics, Bytes& encodedAgain)
{
    Doc doc;
    std::string text;
    Result<void, CaseError> applied;
    const double loadMs = timeMs([&] {
        applied = applyTo(doc, update, path, "the full update");
        text = doc.text("text").toString();
    });
    TESSERA_CHECK(applied);
    metrics.addTime("load_ms", loadMs);
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

/// What one repetition of a trace needs.
struct Trace {
    CaseFile operations;
    CaseFile end;
    CaseFile full;
    std::optional<CaseFile> start;
    std::vector<TextEdit> edits; ///< views into operations
};

/// The document before the first edit.
Result<void, CaseError> start(Doc& doc, const Trace& trace, Metrics& metrics)
{
    if (!trace.start)
        return {};
    Result<void, CaseError> applied;
    metrics.addTime("start_ms", timeMs([&] {
                        applied = applyTo(doc, trace.start->bytes, trace.start->path, "it");
                    }));
    return applied;
}

Result<void, CaseError> traceOnce(const Trace& trace, Metrics& metrics)
{
    const CaseFile& end = trace.end;
    const CaseFile& full = trace.full;
    Doc doc({.clientId = ClientId{1}});
    TESSERA_CHECK(start(doc, trace, metrics));
    std::uint64_t updateBytes = 0;
    const auto observer =
        doc.onUpdate([&](ByteView update, const Origin&, bool) { updateBytes += update.size(); });
    Text text = doc.text("text");
    metrics.addTime("local_ms", timeMs([&] { replay(doc, text, trace.edits); }));
    if (text.toString() != asText(end.bytes))
        return end.error("is not the text after the edits");
    Bytes encoded;
    metrics.addTime("encode_ms", timeMs([&] { encoded = doc.encodeStateAsUpdate(); }));
    if (encoded != full.bytes)
        return full.error("is not what the edits encode to");
    Bytes encodedAgain;
    TESSERA_CHECK(checkLoad(encoded, end, full.path, metrics, encodedAgain));
    if (encodedAgain != full.bytes)
        return full.error("is not what it encodes to after a load");
    metrics.set("doc_bytes", encoded.size());
    metrics.set("update_bytes", updateBytes);
    return {};
}

/// Units of the text that the start leaves.
Result<std::uint64_t, CaseError> startLength(const std::optional<CaseFile>& start)
{
    if (!start)
        return std::uint64_t{0};
    Doc doc;
    TESSERA_CHECK(applyTo(doc, start->bytes, start->path, "it"));
    return std::uint64_t{doc.text("text").size()};
}

Result<Trace, CaseError> openTrace(const CaseOptions& options)
{
    TESSERA_TRY(operations, openCaseFile(options, ".ops"));
    TESSERA_TRY(end, openCaseFile(options, ".end"));
    TESSERA_TRY(full, openCaseFile(options, ".yjs"));
    Trace trace{std::move(operations), std::move(end), std::move(full), std::nullopt, {}};
    if (hasCaseFile(options, ".start")) {
        TESSERA_TRY(start, openCaseFile(options, ".start"));
        trace.start = std::move(start);
    }
    TESSERA_TRY(length, startLength(trace.start));
    TESSERA_TRY(edits, parseEdits(trace.operations.bytes, trace.operations.path, length));
    trace.edits = std::move(edits);
    return trace;
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
    TESSERA_CHECK(checkLoad(encoded, end, list.path, metrics, encodedAgain));
    if (encodedAgain != encoded && !sameState(encodedAgain, encoded))
        return list.error("encodes to another state after a load");
    metrics.set("doc_bytes", encoded.size());
    return {};
}

} // namespace

Result<Metrics, CaseError> runTrace(const CaseOptions& options)
{
    TESSERA_TRY(trace, openTrace(options));
    Metrics metrics;
    for (std::size_t i = 0; i < options.repeats; ++i)
        TESSERA_CHECK(traceOnce(trace, metrics));
    metrics.set("end_chars", utf16Length(asText(trace.end.bytes)));
    metrics.set("ops", trace.edits.size());
    if (options.memory) {
        const auto bytes = memoryOfFreshProcess(trace.full.path);
        if (!bytes)
            return trace.full.error("could not be loaded by the process that measures memory");
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
