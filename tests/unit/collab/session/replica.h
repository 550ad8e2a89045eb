#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <collab/session/session.h>

#include "memory_network.h"

namespace tessera::test {

/// Records in memory; can be made to lose writes, as a crash does.
class MemoryRecordStore final : public collab::SyncRecordStore
{
public:
    bool losesWrites = false;
    std::map<std::string, Bytes> records;

    std::optional<Bytes> load(const std::string& key) override
    {
        const auto found = records.find(key);
        return found == records.end() ? std::nullopt : std::optional{found->second};
    }
    void save(const std::string& key, ByteView record) override
    {
        if (!losesWrites)
            records[key] = Bytes(record.begin(), record.end());
    }
};

/// What a session told, in order, for tests that look at the sequence.
struct Told {
    std::vector<collab::ConnectionState> connections;
    std::vector<collab::Role> roles;
    std::vector<collab::SyncState> syncStates;
    std::vector<collab::MergeReport> merges;
    std::vector<collab::RoomNotice> notices;
    std::vector<collab::BlobOffer> blobs;
    std::vector<std::string> jobs;
    int peerChanges = 0;
};

/// A client program in small: a document, its file, and a session.
class Replica
{
public:
    Replica(ManualScheduler& scheduler, MemoryNetwork& network, Random& random, std::uint64_t client,
            collab::SessionOptions options = {})
        : m_scheduler(scheduler), m_random(random), m_options(std::move(options)), transport(network)
    {
        load(client, m_file.size());
    }

    /// Ends the program without a goodbye and starts it again with the first `keptUpdates` of its file.
    void crash(std::uint64_t newClient, std::size_t keptUpdates)
    {
        store.losesWrites = true;
        m_listener.reset();
        session.reset();
        store.losesWrites = false;
        load(newClient, keptUpdates);
    }

    void edit(const std::string& key, const crdt::Any& value)
    {
        doc->transact("user", [&](crdt::Transaction& transaction) { doc->map("m").set(transaction, key, value); });
    }
    [[nodiscard]] crdt::Any read(const std::string& key) { return doc->map("m").getAny(key); }

    [[nodiscard]] std::size_t fileSize() const { return m_file.size(); }
    /// The updates in the file that this replica's user made, in order.
    [[nodiscard]] const std::vector<Bytes>& ownUpdates() const { return m_own; }

    collab::Session& operator*() { return *session; }
    collab::Session* operator->() { return session.get(); }

private:
    struct FileEntry {
        Bytes update;
        bool isOwn = false;
    };

    void load(std::uint64_t client, std::size_t keptUpdates)
    {
        m_file.resize(keptUpdates);
        doc = std::make_unique<crdt::Doc>(crdt::DocOptions{crdt::ClientId{client}, true});
        m_own.clear();
        for (const FileEntry& entry : m_file) {
            if (!doc->applyUpdate(entry.update, "file"))
                qFatal("a replica cannot read its own file");
            if (entry.isOwn)
                m_own.push_back(entry.update);
        }
        m_listener = doc->onUpdate([this](ByteView update, const crdt::Origin& origin, bool) {
            m_file.push_back({Bytes(update.begin(), update.end()), origin != "remote"});
            if (origin != "remote")
                m_own.push_back(m_file.back().update);
        });
        session = std::make_unique<collab::Session>(
            *doc, transport, m_scheduler, m_random, &store,
            collab::SessionCallbacks{
                .connectionChanged = [this](collab::ConnectionState state) { told.connections.push_back(state); },
                .roleChanged = [this](collab::Role role) { told.roles.push_back(role); },
                .syncStateChanged = [this](const collab::SyncState& state) { told.syncStates.push_back(state); },
                .peersChanged = [this] { ++told.peerChanges; },
                .merged = [this](const collab::MergeReport& report) { told.merges.push_back(report); },
                .notice = [this](const collab::RoomNotice& notice) { told.notices.push_back(notice); },
                .blobOffered = [this](const collab::BlobOffer& offer) { told.blobs.push_back(offer); },
                .jobEvent = [this](const std::string& json) { told.jobs.push_back(json); },
            },
            m_options);
    }

    ManualScheduler& m_scheduler;
    Random& m_random;
    collab::SessionOptions m_options;
    std::vector<FileEntry> m_file;
    std::vector<Bytes> m_own;
    crdt::Doc::Subscription m_listener;

public:
    MemoryTransport transport;
    MemoryRecordStore store;
    Told told;
    std::unique_ptr<crdt::Doc> doc;
    std::unique_ptr<collab::Session> session; ///< after doc and transport: it goes first
};

/// The state as bytes that equal documents have in common: everything but who asks.
inline bool sameContent(const crdt::Doc& a, const crdt::Doc& b)
{
    return collab::extentOf(a) == collab::extentOf(b);
}

} // namespace tessera::test
