#pragma once

#include <set>

#include <collab/asio/loop.h>
#include <collab/session/relay_api.h>
#include <core/storage/document_store.h>

/// Copies the blobs a document names between its file and a room, one at a time. The loop's thread.
namespace tessera::sdk {

struct BlobCopy {
    std::uint64_t up{};
    std::uint64_t down{};
    std::vector<ContentHash> missing; ///< on neither side
};

/// Every blob the document names: assets, images, image fills and strokes.
[[nodiscard]] std::set<ContentHash> blobsOf(const document::Document& document);

class BlobCopier
{
public:
    /// All must outlive it. `mayUpload`: the role may store blobs.
    BlobCopier(collab::AsioLoop& loop, collab::RelayApi& api, storage::DocumentStore& store, bool mayUpload)
        : m_loop(loop), m_api(api), m_store(store), m_mayUpload(mayUpload)
    {
    }
    /// Runs the loop until all are copied; timedOut when the deadline came first.
    Result<BlobCopy, collab::RelayError> copyAll(std::chrono::steady_clock::time_point deadline);

private:
    enum class Outcome { done, missing };
    Result<Outcome, collab::RelayError> download(const ContentHash& hash);
    Result<Outcome, collab::RelayError> upload(const ContentHash& hash, const std::string& mime);
    /// Starts one request and runs the loop until it was answered.
    template <class T, class Start> Result<T, collab::RelayError> await(Start start);

    collab::AsioLoop& m_loop;
    collab::RelayApi& m_api;
    storage::DocumentStore& m_store;
    bool m_mayUpload;
    std::chrono::steady_clock::time_point m_deadline{};
    BlobCopy m_result;
};

} // namespace tessera::sdk
