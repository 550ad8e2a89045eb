#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/result.h>

/// The files of a bench folder. All numbers are u32 little-endian, positions are UTF-16 units:
///   NAME.ops      count, then per edit: position, units to delete, byte length, UTF-8 to insert
///   NAME.end      final text, UTF-8
///   NAME.yjs      the full update v1 that yjs makes of those edits as client 1 in root "text"
///   NAME.conc     count, then per update v1: byte length, bytes
///   design.base   update v1; also design.full
///   design.diffs  list of updates as in NAME.conc; also design.small
///   design.sum    JSON: {"values": count}, and "checksum" where it is known
/// and, for work that folders from elsewhere need not have:
///   NAME.start    beside NAME.ops: an update v1 to load before the edits
///   NAME.load     update v1; NAME.after: what yjs encodes after loading it, absent: the same bytes
///   NAME.parts    list of updates; NAME.merged: what yjs merges it to
/// One thread. Nothing is allocated from a length that the file's size does not back.
namespace tessera::bench {

/// What is wrong with which file, as text for people.
struct CaseError {
    std::string file;
    std::string what;
};

Result<Bytes, CaseError> readFile(const std::filesystem::path& path);

struct TextEdit {
    std::uint32_t position = 0;    ///< UTF-16 units
    std::uint32_t removeCount = 0; ///< UTF-16 units
    std::string_view insert;       ///< UTF-8, a view into the file's bytes
};

/// Checked: lengths fit, inserts are UTF-8, every edit lies inside the text as it then is (`length`
/// UTF-16 units before the first), nothing follows the last. Views into `bytes`, which must outlive
/// the result. `file` is for the error only. O(bytes).
Result<std::vector<TextEdit>, CaseError> parseEdits(ByteView bytes, const std::string& file,
                                                    std::uint64_t length);

/// Updates one after the other; views into `bytes`. The updates themselves are not looked into.
Result<std::vector<ByteView>, CaseError> parseList(ByteView bytes, const std::string& file);

/// Length in UTF-16 units of well-formed UTF-8.
[[nodiscard]] std::uint64_t utf16Length(std::string_view utf8);

} // namespace tessera::bench
