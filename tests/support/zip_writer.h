#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Writes zip archives for tests and fuzz targets: entries stored as they are, or with data that is deflated already.
namespace tessera::testing {

[[nodiscard]] inline std::uint32_t crc32Of(std::string_view data)
{
    std::uint32_t crc = 0xffffffff;
    for (const char c : data) {
        crc ^= static_cast<std::uint8_t>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = crc >> 1 ^ ((crc & 1) ? 0xedb88320 : 0);
    }
    return ~crc;
}

class ZipWriter
{
public:
    void add(std::string_view name, std::string_view data) { addPacked(name, data, 0, data.size(), crc32Of(data)); }
    /// `packed` is raw deflate data of something that is `size` bytes long and has the CRC.
    void addDeflated(std::string_view name, std::string_view packed, std::size_t size, std::uint32_t crc) { addPacked(name, packed, 8, size, crc); }
    [[nodiscard]] std::string take()
    {
        const std::size_t start = m_bytes.size();
        m_bytes += m_directory;
        m_bytes += "PK\5\6";
        number(m_bytes, 0, 4);
        number(m_bytes, m_count, 2);
        number(m_bytes, m_count, 2);
        number(m_bytes, m_directory.size(), 4);
        number(m_bytes, start, 4);
        number(m_bytes, 0, 2);
        return std::move(m_bytes);
    }

private:
    static void number(std::string& out, std::size_t value, int bytes)
    {
        for (int i = 0; i < bytes; ++i)
            out += static_cast<char>(value >> 8 * i & 0xff);
    }
    /// What the entry's own header and the directory have in common.
    static void header(std::string& out, std::string_view name, std::string_view packed, int method, std::size_t size, std::uint32_t crc)
    {
        number(out, 20, 2);
        number(out, 0, 2);
        number(out, static_cast<std::size_t>(method), 2);
        number(out, 0, 2);
        number(out, 0x21, 2); // 1 January 1980
        number(out, crc, 4);
        number(out, packed.size(), 4);
        number(out, size, 4);
        number(out, name.size(), 2);
        number(out, 0, 2);
    }
    void addPacked(std::string_view name, std::string_view packed, int method, std::size_t size, std::uint32_t crc)
    {
        m_directory += "PK\1\2";
        number(m_directory, 20, 2);
        header(m_directory, name, packed, method, size, crc);
        number(m_directory, 0, 2); // no comment
        number(m_directory, 0, 2);
        number(m_directory, 0, 2);
        number(m_directory, 0, 4);
        number(m_directory, m_bytes.size(), 4);
        m_directory += name;
        m_bytes += "PK\3\4";
        header(m_bytes, name, packed, method, size, crc);
        m_bytes += name;
        m_bytes += packed;
        ++m_count;
    }

    std::string m_bytes;
    std::string m_directory;
    std::size_t m_count = 0;
};

} // namespace tessera::testing
