#include <app/sdk/sync.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include <collab/asio/http_client.h>
#include <collab/asio/loop.h>
#include <collab/asio/web_socket.h>
#include <collab/session/session.h>
#include <core/storage/document_store.h>

#include "blob_copy.h"

namespace tessera::sdk {

namespace {

using namespace std::chrono_literals;
using collab::ConnectionState;
using collab::DeniedReason;

/// The file's own record of what is synced; in memory until the file is there.
class FileRecords final : public collab::SyncRecordStore
{
public:
    void attach(storage::DocumentStore& store)
    {
        m_store = &store;
        for (const auto& [key, record] : m_early)
            m_store->setLocal(key, record);
    }
    std::optional<Bytes> load(const std::string& key) override
    {
        return m_store ? m_store->local(key) : std::nullopt;
    }
    void save(const std::string& key, ByteView record) override
    {
        const Bytes bytes(record.begin(), record.end());
        if (m_store)
            m_store->setLocal(key, bytes);
        else
            m_early[key] = bytes;
    }

private:
    storage::DocumentStore* m_store = nullptr;
    std::map<std::string, Bytes> m_early;
};

std::string reasonText(DeniedReason reason)
{
    switch (reason) {
    case DeniedReason::badToken:
        return "the link is not valid (any more)";
    case DeniedReason::noRight:
        return "the link does not give the right to do this";
    case DeniedReason::noRoom:
        return "the relay has no such room";
    case DeniedReason::tooLarge:
        return "the document is too large for the relay";
    case DeniedReason::protocolError:
        return "the relay speaks another protocol";
    case DeniedReason::none:
        break;
    }
    return "denied";
}

/// One run: file, loop, session. Members die in the reverse order, the session first.
class SyncRun
{
public:
    SyncRun(collab::ShareLink link, const std::string& path, const SyncOptions& options)
        : m_link(std::move(link)), m_options(options), m_deadline(m_loop.clock().now() + options.totalTimeout),
          m_transport(m_loop), m_http(m_loop), m_api(m_http, m_link)
    {
        m_report.room = collab::linkForLog(m_link);
        m_report.file = path;
    }

    Result<SyncReport, SyncError> run()
    {
        TESSERA_CHECK(openFile());
        TESSERA_CHECK(exchange());
        if (!m_store) {
            TESSERA_CHECK(makeFile());
            TESSERA_CHECK(exchange());
        }
        TESSERA_CHECK(save());
        TESSERA_CHECK(copyBlobs());
        TESSERA_CHECK(awaitAcknowledgement());
        m_session->stop();
        m_loop.runFor(10ms); // lets the close frame out
        TESSERA_CHECK(save());
        return m_report;
    }

private:
    [[nodiscard]] static SyncError fileError(const storage::StorageError& error)
    {
        return {SyncErrc::badFile, {}, storage::describe(error)}; // names the path itself
    }
    [[nodiscard]] std::chrono::milliseconds left() const
    {
        return std::max(0ms, std::chrono::duration_cast<std::chrono::milliseconds>(m_deadline - m_loop.clock().now()));
    }
    [[nodiscard]] document::Document& document() { return m_store ? m_store->document() : *m_newDocument; }

    Result<void, SyncError> openFile()
    {
        std::error_code ignored;
        if (!std::filesystem::exists(m_report.file, ignored)) {
            m_report.isNewFile = true;
            m_newDocument = std::make_unique<document::Document>(m_random);
            return {};
        }
        auto store = storage::DocumentStore::open(m_report.file, storage::OpenMode::readWrite, m_random, m_clock);
        if (!store)
            return fail(fileError(store.error()));
        m_store = std::move(store).value();
        if (m_store->isReadOnly())
            return fail(SyncError{SyncErrc::badFile, m_report.file, "the file opens read-only"});
        m_records.attach(*m_store);
        return {};
    }

    /// Until both have what the other had; our part may not be durable yet.
    Result<void, SyncError> exchange()
    {
        collab::SessionCallbacks callbacks;
        callbacks.merged = [this](const collab::MergeReport& merged) {
            m_report.localUpdates += merged.localUpdates;
            m_report.remoteUnits += merged.remoteUnits;
            m_report.remoteClients = std::max(m_report.remoteClients, merged.remoteClients);
        };
        m_session = std::make_unique<collab::Session>(document().crdt(), m_transport, m_loop, m_random, &m_records,
                                                      std::move(callbacks));
        m_session->start(m_link);
        const auto isSettled = [this] {
            return m_session->connection() == ConnectionState::live || m_session->connection() == ConnectionState::denied;
        };
        if (!m_loop.runUntil(isSettled, std::min(m_options.connectTimeout, left()))) {
            const std::string why = m_session->lastError();
            return fail(SyncError{SyncErrc::unreachable, m_report.room, why.empty() ? "the relay did not answer in time" : why});
        }
        return checkDenied();
    }

    Result<void, SyncError> checkDenied()
    {
        if (m_session->connection() != ConnectionState::denied)
            return {};
        const std::string& words = m_session->lastError();
        return fail(SyncError{SyncErrc::denied, m_report.room,
                              reasonText(m_session->deniedReason()) + (words.empty() ? "" : ": " + words)});
    }

    /// The session ends first: when the file cannot be made, its document goes as well.
    Result<void, SyncError> makeFile()
    {
        m_session.reset();
        auto store = storage::DocumentStore::createFor(m_report.file, std::move(m_newDocument), m_clock);
        if (!store)
            return fail(fileError(store.error()));
        m_store = std::move(store).value();
        m_records.attach(*m_store);
        return {};
    }

    Result<void, SyncError> copyBlobs()
    {
        BlobCopier copier(m_loop, m_api, *m_store, m_session->mayEdit());
        const auto copied = copier.copyAll(m_deadline);
        if (!copied) {
            const SyncErrc code = copied.error().code == collab::RelayErrc::timedOut ? SyncErrc::timedOut : SyncErrc::blobFailed;
            return fail(SyncError{code, m_report.room, collab::describe(copied.error())});
        }
        m_report.blobsUp = copied->up;
        m_report.blobsDown = copied->down;
        m_report.blobsMissing = copied->missing;
        return {};
    }

    Result<void, SyncError> awaitAcknowledgement()
    {
        const auto isSettled = [this] {
            const collab::SyncState state = m_session->syncState();
            const bool isDone = state.acks == collab::AckMode::none ? state.sentAll() && m_transport.bufferedBytes() == 0
                                                                     : state.syncedAll();
            return (m_session->connection() == ConnectionState::live && isDone) || !m_session->mayEdit() ||
                   m_session->connection() == ConnectionState::denied;
        };
        const bool isInTime = m_loop.runUntil(isSettled, left());
        TESSERA_CHECK(save());
        TESSERA_CHECK(checkDenied());
        const collab::SyncState state = m_session->syncState();
        if (!m_session->mayEdit() && !state.syncedAll()) {
            const std::string role(collab::roleName(m_session->role().value_or(collab::Role::viewer)));
            return fail(SyncError{SyncErrc::denied, m_report.room,
                                  "the link is for a " + role + ": the room is in the file, but " +
                                      std::to_string(state.unsyncedCount) + " changes of the file stay there"});
        }
        if (!isInTime) {
            return fail(SyncError{SyncErrc::timedOut, m_report.room,
                                  std::to_string(state.unsyncedCount) + " changes are not on the relay's disk yet; run again"});
        }
        m_report.isDurable = state.acks == collab::AckMode::durable;
        return {};
    }

    Result<void, SyncError> save()
    {
        if (const auto saved = m_store->flush(); !saved)
            return fail(fileError(saved.error()));
        return {};
    }

    collab::ShareLink m_link;
    SyncOptions m_options;
    SyncReport m_report;
    SystemRandom m_random;
    SystemClock m_clock;
    collab::AsioLoop m_loop;
    std::chrono::steady_clock::time_point m_deadline;
    collab::AsioTransport m_transport;
    collab::AsioHttp m_http;
    collab::RelayApi m_api;
    std::unique_ptr<document::Document> m_newDocument; ///< until the file is made
    std::unique_ptr<storage::DocumentStore> m_store;
    FileRecords m_records;
    std::unique_ptr<collab::Session> m_session;
};

std::string counted(std::uint64_t count, const std::string& one, const std::string& many)
{
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

} // namespace

std::string describe(const SyncError& error)
{
    const std::string at = error.where.empty() ? "" : error.where + ": ";
    return at + error.detail;
}

std::string describe(const SyncReport& report)
{
    std::string text = report.file + (report.isNewFile ? " (new)" : "") + " and " + report.room + " are the same: " +
                       counted(report.localUpdates, "change", "changes") + (report.isDurable ? " stored" : " sent") + " there, " +
                       counted(report.remoteUnits, "element", "elements") + " received from " +
                       counted(report.remoteClients, "writer", "writers") + ", " +
                       counted(report.blobsUp, "image", "images") + " up, " + std::to_string(report.blobsDown) + " down";
    if (!report.blobsMissing.empty())
        text += "; " + counted(report.blobsMissing.size(), "image", "images") + " missing on both sides";
    return text;
}

Result<SyncReport, SyncError> syncFile(const std::string& linkText, const std::string& path, const SyncOptions& options)
{
    auto link = collab::parseShareLink(linkText);
    if (!link)
        return fail(SyncError{SyncErrc::badLink, {}, collab::describe(link.error())});
    SyncRun run(std::move(link).value(), path, options);
    return run.run();
}

} // namespace tessera::sdk
