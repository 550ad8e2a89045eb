#include "blob_copy.h"

#include <map>
#include <optional>

namespace tessera::sdk {

using collab::RelayErrc;
using collab::RelayError;

namespace {

using namespace std::chrono_literals;

/// A peer that just named a blob may still be storing it.
constexpr int downloadAttempts = 3;
constexpr auto downloadRetryDelay = 1s;

void addPaints(std::set<ContentHash>& hashes, const std::vector<document::Paint>& paints)
{
    for (const document::Paint& paint : paints) {
        if (paint.asset)
            hashes.insert(*paint.asset);
    }
}

} // namespace

std::set<ContentHash> blobsOf(const document::Document& document)
{
    std::set<ContentHash> hashes;
    for (const document::Asset& asset : document.assets())
        hashes.insert(asset.hash);
    for (const NodeId& id : document.nodeIds()) {
        const document::Node* node = document.node(id);
        if (!node)
            continue;
        if (node->asset)
            hashes.insert(*node->asset);
        addPaints(hashes, node->fills);
        addPaints(hashes, node->strokes);
    }
    return hashes;
}

Result<BlobCopy, RelayError> BlobCopier::copyAll(std::chrono::steady_clock::time_point deadline)
{
    m_deadline = deadline;
    std::map<ContentHash, std::string> mimes;
    for (const document::Asset& asset : m_store.document().assets())
        mimes[asset.hash] = asset.mime;
    for (const ContentHash& hash : blobsOf(m_store.document())) {
        Result<Outcome, RelayError> outcome = Outcome::done;
        if (!m_store.hasBlob(hash))
            outcome = download(hash);
        else if (m_mayUpload)
            outcome = upload(hash, mimes[hash]);
        if (!outcome)
            return fail(std::move(outcome).error());
        if (*outcome == Outcome::missing)
            m_result.missing.push_back(hash);
    }
    return m_result;
}

Result<BlobCopier::Outcome, RelayError> BlobCopier::download(const ContentHash& hash)
{
    for (int attempt = 0; attempt < downloadAttempts; ++attempt) {
        if (attempt > 0)
            m_loop.runFor(downloadRetryDelay);
        auto content = await<Bytes>([&](auto done) { m_api.blob(hash, std::move(done)); });
        if (content) {
            const auto asset = m_store.document().asset(hash);
            m_store.putBlob(std::move(content).value(), asset ? asset->mime : "application/octet-stream");
            ++m_result.down;
            return Outcome::done;
        }
        if (content.error().code != RelayErrc::notFound)
            return fail(std::move(content).error());
    }
    return Outcome::missing;
}

Result<BlobCopier::Outcome, RelayError> BlobCopier::upload(const ContentHash& hash, const std::string& mime)
{
    TESSERA_TRY(isThere, await<bool>([&](auto done) { m_api.hasBlob(hash, std::move(done)); }));
    if (isThere)
        return Outcome::done;
    auto blob = m_store.blob(hash);
    if (!blob)
        return fail(RelayError{RelayErrc::badAnswer, "image " + hash.hex, storage::describe(blob.error())});
    if (!*blob)
        return Outcome::missing;
    Bytes data = std::move((*blob)->data);
    TESSERA_CHECK(await<void>([&](auto done) { m_api.putBlob(hash, std::move(data), mime.empty() ? (*blob)->mime : mime, std::move(done)); }));
    ++m_result.up;
    return Outcome::done;
}

template <class T, class Start> Result<T, RelayError> BlobCopier::await(Start start)
{
    // Shared: an answer may come after the deadline, when this call is over.
    const auto answer = std::make_shared<std::optional<Result<T, RelayError>>>();
    start([answer](Result<T, RelayError> result) { *answer = std::move(result); });
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(m_deadline - m_loop.clock().now());
    if (!m_loop.runUntil([&] { return answer->has_value(); }, std::max(left, 0ms)))
        return fail(RelayError{RelayErrc::timedOut, collab::linkForLog(m_api.link()), "the time was up"});
    return std::move(**answer);
}

} // namespace tessera::sdk
