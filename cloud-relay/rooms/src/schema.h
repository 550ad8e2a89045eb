#pragma once

#include <cstdint>

#include <core/service/sqlite.h>

/// Tables of DIR/relay.sqlite. application_id is "TsRl", user_version the schema's number.
namespace tessera::relay {

/// Creates the tables in an empty file. Errors: a file of another program, or of a later version of this one.
Result<void, service::SqliteError> prepareSchema(service::Database& database);

/// Rows of one room lie together in `updates`, in order: the key is room number << 32 | sequence.
[[nodiscard]] constexpr std::int64_t updateKey(std::uint32_t room, std::uint32_t sequence)
{
    return static_cast<std::int64_t>((std::uint64_t{room} << 32) | sequence);
}

} // namespace tessera::relay
