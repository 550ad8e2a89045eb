#include "rows.h"

#include <core/base/hash.h>

namespace tessera::storage {
namespace {

Bytes shortHash(const Bytes& bytes)
{
    Bytes hash = *fromHex(contentHash(bytes).hex);
    hash.resize(checksumBytes);
    return hash;
}

} // namespace

Bytes checksumOf(const UpdateRow& row)
{
    ByteWriter writer;
    writer.writeVarString("tessera update");
    writer.writeBigInt64(row.seq);
    writer.writeBigInt64(row.client);
    writer.writeBigInt64(row.clock);
    writer.writeBigInt64(row.wallMs);
    writer.writeVarBuffer(row.data);
    return shortHash(writer.bytes());
}

Bytes checksumOf(const SnapshotRow& row)
{
    ByteWriter writer;
    writer.writeVarString("tessera snapshot");
    writer.writeBigInt64(row.upto);
    writer.writeBigInt64(row.wallMs);
    writer.writeVarBuffer(row.stateVector);
    writer.writeVarBuffer(row.state);
    return shortHash(writer.bytes());
}

Bytes checksumOf(const LocalRow& row)
{
    ByteWriter writer;
    writer.writeVarString("tessera local");
    writer.writeVarBuffer(asBytes(row.key));
    writer.writeVarBuffer(row.value);
    return shortHash(writer.bytes());
}

} // namespace tessera::storage
