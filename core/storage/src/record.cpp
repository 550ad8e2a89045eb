#include "record.h"

#include <algorithm>
#include <vector>

#include <core/base/hash.h>

namespace tessera::storage {
namespace {

constexpr std::size_t maxColumns = 8;

struct Column {
    std::uint64_t serialType{};
    ByteView bytes;

    [[nodiscard]] bool isNull() const { return serialType == 0; }
    [[nodiscard]] bool isInt() const { return (serialType >= 1 && serialType <= 6) || serialType == 8 || serialType == 9; }
    [[nodiscard]] bool isBlob() const { return serialType >= 12 && serialType % 2 == 0; }
    [[nodiscard]] bool isText() const { return serialType >= 13 && serialType % 2 == 1; }
    [[nodiscard]] std::int64_t number() const
    {
        if (serialType == 8 || serialType == 9)
            return static_cast<std::int64_t>(serialType) - 8;
        std::uint64_t value = bytes.empty() || (bytes[0] & 0x80) == 0 ? 0 : ~std::uint64_t{0};
        for (const std::uint8_t byte : bytes)
            value = value << 8 | byte;
        return static_cast<std::int64_t>(value);
    }
    [[nodiscard]] Bytes copy() const { return {bytes.begin(), bytes.end()}; }
    [[nodiscard]] std::string text() const { return std::string(asText(bytes)); }
};

std::size_t contentBytes(std::uint64_t serialType)
{
    static constexpr std::size_t fixed[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
    return serialType < 12 ? fixed[serialType] : static_cast<std::size_t>((serialType - 12) / 2);
}

std::vector<Column> readColumns(ByteView payload)
{
    std::size_t at = 0;
    const auto headerBytes = readRecordVarint(payload, at);
    if (!headerBytes || *headerBytes > payload.size() || *headerBytes < at)
        return {};
    const ByteView header = payload.first(static_cast<std::size_t>(*headerBytes));
    std::size_t content = header.size();
    std::vector<Column> columns;
    while (at < header.size()) {
        const auto serialType = readRecordVarint(header, at);
        if (!serialType || columns.size() == maxColumns)
            return {};
        const std::size_t size = contentBytes(*serialType);
        if (size > payload.size() - content)
            return {};
        columns.push_back({*serialType, payload.subspan(content, size)});
        content += size;
    }
    return columns;
}

bool matches(const Column& stored, const Bytes& sum)
{
    return std::equal(stored.bytes.begin(), stored.bytes.end(), sum.begin(), sum.end());
}

bool isChecksum(const Column& column) { return column.isBlob() && column.bytes.size() == checksumBytes; }

/// Hands the row on when its checksum fits.
template <class Row> std::optional<FoundRow> verified(Row row, const Column& sum, bool& broken)
{
    if (!matches(sum, checksumOf(row))) {
        broken = true;
        return std::nullopt;
    }
    return row;
}

} // namespace

std::optional<std::uint64_t> readRecordVarint(ByteView bytes, std::size_t& at)
{
    std::uint64_t value = 0;
    for (int i = 0; i < 9; ++i) {
        if (at >= bytes.size())
            return std::nullopt;
        const std::uint8_t byte = bytes[at++];
        if (i == 8)
            return value << 8 | byte;
        value = value << 7 | (byte & 0x7f);
        if ((byte & 0x80) == 0)
            return value;
    }
    return value;
}

std::optional<FoundRow> readRecord(std::int64_t rowid, ByteView payload, bool& broken)
{
    const std::vector<Column> c = readColumns(payload);
    if (c.size() == 6 && c[0].isNull() && c[1].isInt() && c[2].isInt() && c[3].isInt() && isChecksum(c[4]) && c[5].isBlob())
        return verified(UpdateRow{rowid, c[1].number(), c[2].number(), c[3].number(), c[5].copy()}, c[4], broken);
    if (c.size() == 5 && c[0].isNull() && c[1].isInt() && c[2].isBlob() && isChecksum(c[3]) && c[4].isBlob())
        return verified(SnapshotRow{rowid, c[1].number(), c[2].copy(), c[4].copy()}, c[3], broken);
    if (c.size() == 3 && c[0].isText() && c[1].isBlob() && isChecksum(c[2]))
        return verified(LocalRow{c[0].text(), c[1].copy()}, c[2], broken);
    if (c.size() == 3 && c[0].isText() && c[0].bytes.size() == 64 && c[1].isText() && c[2].isBlob()) {
        if (contentHash(c[2].bytes).hex == asText(c[0].bytes))
            return BlobRow{c[0].text(), c[1].text(), c[2].copy()};
        broken = true;
    }
    return std::nullopt;
}

} // namespace tessera::storage
