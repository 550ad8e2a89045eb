#include "case_files.h"

#include <cstring>
#include <fstream>

namespace tessera::bench {

namespace {

/// Little-endian numbers and runs of bytes with the file's name in every error.
class FileReader
{
public:
    FileReader(ByteView bytes, const std::string& file) : m_bytes(bytes), m_file(file) {}

    Result<std::uint32_t, CaseError> readU32()
    {
        TESSERA_TRY(bytes, readBytes(4));
        return bytes[0] | bytes[1] << 8 | bytes[2] << 16 |
               static_cast<std::uint32_t>(bytes[3]) << 24;
    }
    Result<ByteView, CaseError> readBytes(std::size_t count)
    {
        if (count > m_bytes.size() - m_offset)
            return error("ends inside a value");
        const ByteView bytes = m_bytes.subspan(m_offset, count);
        m_offset += count;
        return bytes;
    }
    Result<void, CaseError> requireEnd() const
    {
        if (m_offset != m_bytes.size())
            return error("goes on after the last entry");
        return {};
    }
    [[nodiscard]] Failure<CaseError> error(const std::string& what) const
    {
        return fail(CaseError{m_file, what + " (byte " + std::to_string(m_offset) + ")"});
    }

private:
    ByteView m_bytes;
    const std::string& m_file;
    std::size_t m_offset = 0;
};

bool isUtf8(std::string_view text)
{
    ByteWriter writer;
    writer.writeVarUint(text.size());
    writer.writeBytes(asBytes(text));
    return ByteReader(writer.bytes()).readVarString().hasValue();
}

} // namespace

Result<Bytes, CaseError> readFile(const std::filesystem::path& path)
{
    std::error_code code;
    const std::uintmax_t size = std::filesystem::file_size(path, code);
    std::ifstream stream(path, std::ios::binary);
    if (code || !stream)
        return fail(CaseError{path.string(), "cannot be read"});
    Bytes bytes(size);
    stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
    if (static_cast<std::uintmax_t>(stream.gcount()) != size)
        return fail(CaseError{path.string(), "cannot be read to its end"});
    return bytes;
}

Result<std::vector<TextEdit>, CaseError> parseEdits(ByteView bytes, const std::string& file,
                                                    std::uint64_t length)
{
    FileReader reader(bytes, file);
    TESSERA_TRY(count, reader.readU32());
    std::vector<TextEdit> edits;
    for (std::uint32_t i = 0; i < count; ++i) {
        TESSERA_TRY(position, reader.readU32());
        TESSERA_TRY(removeCount, reader.readU32());
        TESSERA_TRY(size, reader.readU32());
        TESSERA_TRY(insert, reader.readBytes(size));
        if (std::uint64_t{position} + removeCount > length)
            return reader.error("edit " + std::to_string(i) + " lies past the end of the text");
        if (!isUtf8(asText(insert)))
            return reader.error("edit " + std::to_string(i) + " inserts what is not UTF-8");
        length += utf16Length(asText(insert)) - removeCount;
        edits.push_back({position, removeCount, asText(insert)});
    }
    TESSERA_CHECK(reader.requireEnd());
    return edits;
}

Result<std::vector<ByteView>, CaseError> parseList(ByteView bytes, const std::string& file)
{
    FileReader reader(bytes, file);
    TESSERA_TRY(count, reader.readU32());
    std::vector<ByteView> list;
    for (std::uint32_t i = 0; i < count; ++i) {
        TESSERA_TRY(size, reader.readU32());
        TESSERA_TRY(entry, reader.readBytes(size));
        list.push_back(entry);
    }
    TESSERA_CHECK(reader.requireEnd());
    return list;
}

std::uint64_t utf16Length(std::string_view utf8)
{
    std::uint64_t units = 0;
    for (const char byte : utf8) {
        const auto value = static_cast<std::uint8_t>(byte);
        units += (value & 0xc0) != 0x80; // first bytes
        units += value >= 0xf0;          // and a second unit for what takes four
    }
    return units;
}

} // namespace tessera::bench
