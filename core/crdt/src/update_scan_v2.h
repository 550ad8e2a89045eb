#pragma once

#include <string>

#include "column_reader.h"
#include "update_scan.h"

namespace tessera::crdt {

/// Text that an update v2 does not hold in one piece: a string cut inside a surrogate pair, whose half becomes U+FFFD,
/// and old JSON values, which are wanted in a row. The scan puts them in, the cursors find them again.
class ScanStorage
{
public:
    enum class Part : std::uint8_t { text, jsonTexts };

    /// Where in all strings of the update a text starts, in bytes, and whether with the second half of a pair.
    struct Place {
        std::size_t offset = 0;
        bool isInsidePair = false;
        Part part = Part::text;
        friend auto operator<=>(const Place&, const Place&) = default;
    };

    /// The view holds until the next text is put in. Amortised O(size).
    ByteView put(Place place, ByteView bytes);
    /// No more texts come.
    void finish();
    /// O(log texts); empty when there is none.
    [[nodiscard]] ByteView find(Place place) const;

    bool usesKeyNumbers = false; ///< a key is told by the number of an earlier one; no known writer does that
    bool collectsKeys = false;
    std::vector<std::string_view> keys; ///< by number; only filled when the update uses them

private:
    struct Entry {
        Place place;
        std::size_t start = 0;
        std::size_t size = 0;
    };
    std::vector<Entry> m_entries;
    std::string m_bytes;
};

/// All strings of an update v2 as one, cut by lengths in UTF-16 units.
class StringColumn
{
public:
    StringColumn() = default;
    /// `column` must be valid as long as this.
    StringColumn(std::string_view text, UintColumn lengths) : m_start(text.data()), m_text(text), m_lengths(lengths) {}

    std::string_view next(WireReader& update, ScanStorage& storage, Clock& utf16Units);
    [[nodiscard]] ScanStorage::Place place(ScanStorage::Part part) const
    {
        return {static_cast<std::size_t>(m_text.data() - m_start), m_isInsidePair, part};
    }

private:
    std::string_view take(std::size_t bytes);

    const char* m_start = nullptr;
    std::string_view m_text; ///< what is left
    bool m_isInsidePair = false; ///< the first half of its first character was taken
    UintColumn m_lengths;
};

/// The parts of structs as an update v2 has them: a column for each kind of part, and the rest.
class SourceV2
{
public:
    static constexpr bool hasJsonValues = false;

    SourceV2() = default;
    /// Finds the columns. An error is in rest(). `storage` must outlive this and all copies.
    SourceV2(ByteView update, ScanStorage& storage);

    [[nodiscard]] bool hasFailed() const { return m_rest.hasFailed(); }
    [[nodiscard]] std::size_t offset() const { return m_rest.offset(); }
    [[nodiscard]] WireReader& rest() { return m_rest; }
    [[nodiscard]] const WireReader& rest() const { return m_rest; }
    void fail(DecodeErrc code, std::size_t offset) { m_rest.fail(code, offset); }
    void trust(const SourceV2& passed) { m_rest.trust(passed.m_rest); }
    [[nodiscard]] std::uint64_t keyCount() const { return m_keyCount; }

    ClientId client() { return ClientId{m_clients.next(m_rest)}; }
    std::uint8_t info() { return m_infos.next(m_rest); }
    Id leftId()
    {
        const ClientId id = client();
        return {id, m_leftClocks.next(m_rest)};
    }
    Id rightId()
    {
        const ClientId id = client();
        return {id, m_rightClocks.next(m_rest)};
    }
    bool parentIsRoot() { return m_parentInfos.next(m_rest) == 1; }
    std::string_view text()
    {
        Clock units = 0;
        return text(units);
    }
    std::string_view text(Clock& utf16Units) { return m_strings.next(m_rest, *m_storage, utf16Units); }
    std::string_view key();
    std::uint64_t typeRef() { return m_typeRefs.next(m_rest); }
    Clock length() { return m_lengths.next(m_rest); }
    Clock skipLength() { return m_rest.varUint(); }
    ByteView buffer() { return m_rest.varBuffer(); }
    ByteView anyValues(std::uint64_t count) { return passAnyValues(m_rest, count); }
    ByteView jsonTexts(std::uint64_t count);
    ByteView jsonValue() { return anyValues(1); }
    /// The parts lie in columns of their own.
    static bool readPlaceAtOnce(StructView&, std::uint8_t) { return false; }

private:
    WireReader m_rest;
    StepColumn m_keyNumbers;
    UintColumn m_clients;
    StepColumn m_leftClocks;
    StepColumn m_rightClocks;
    RunColumn m_infos;
    StringColumn m_strings;
    RunColumn m_parentInfos;
    UintColumn m_typeRefs;
    UintColumn m_lengths;
    std::uint64_t m_keyCount = 0;
    ScanStorage* m_storage = nullptr;
};

using CursorV2 = StructCursor<SourceV2>;

/// As scanUpdateV1. A few bytes of columns can stand for any number of structs: an update that claims more than about
/// four million plus 16 for each of its bytes is tooLarge, as is one whose keys are told by number and are more than
/// its bytes. Errors also: unknownTag for a feature that is not known, malformed for a clock below zero.
Result<ScannedUpdate<CursorV2>, DecodeError> scanUpdateV2(ByteView update);
/// Of an update that this process wrote itself: it is right, and may hold any number of structs.
[[nodiscard]] ScannedUpdate<CursorV2> scanOwnUpdateV2(ByteView update);

} // namespace tessera::crdt
