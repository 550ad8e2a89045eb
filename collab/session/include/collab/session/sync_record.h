#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <core/base/bytes.h>
#include <core/base/result.h>
#include <core/crdt/doc.h>

/// What of a document is known to be on the relay's disk, kept with the file so that "synced" is true after a restart.
namespace tessera::collab {

/// Extent of a document: a document only ever grows in both, so equal extents are equal contents.
struct DocExtent {
    crdt::StateVector stateVector;
    std::uint64_t deletedUnits{};
    friend bool operator==(const DocExtent&, const DocExtent&) = default;
    /// Nothing in this is outside `other`.
    [[nodiscard]] bool isWithin(const DocExtent& other) const;
};
/// Reads the whole delete set: proportional to the document. On the Doc's thread.
[[nodiscard]] DocExtent extentOf(const crdt::Doc& doc);

struct SyncRecord {
    std::uint64_t unsyncedCount{}; ///< local updates not acknowledged as durable
    DocExtent covered;             ///< acknowledged, or received from the relay
    friend bool operator==(const SyncRecord&, const SyncRecord&) = default;
};

[[nodiscard]] Bytes encodeSyncRecord(const SyncRecord& record);
/// Version byte 1, varUint count, varUint deleted units, varBuffer state vector.
Result<SyncRecord, DecodeError> decodeSyncRecord(ByteView bytes);

/// Where records live, by a key that names relay and room. A desktop keeps them in the `.tessera` file.
class SyncRecordStore
{
public:
    virtual ~SyncRecordStore() = default;
    [[nodiscard]] virtual std::optional<Bytes> load(const std::string& key) = 0;
    virtual void save(const std::string& key, ByteView record) = 0;
};

} // namespace tessera::collab
