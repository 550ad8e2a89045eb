#include "zip_archive.h"

#include <algorithm>

#include <zip.h>

namespace tessera::formats {
namespace {

struct CloseFile {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
};

Failure<ImportError> entryFailure(ImportErrc code, const std::string& name, const std::string& what)
{
    return fail(ImportError{code, 0, name + ": " + what});
}

} // namespace

void ZipArchive::Close::operator()(zip* archive) const { zip_discard(archive); }

Result<ZipArchive, ImportError> ZipArchive::open(ByteView bytes, const ZipLimits& limits)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    zip_t* opened = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
    const std::string reason = opened ? std::string() : zip_error_strerror(&error);
    zip_error_fini(&error);
    if (!opened) {
        if (source)
            zip_source_free(source);
        return fail(ImportError{ImportErrc::notThisFormat, 0, "no zip archive: " + reason});
    }
    ZipArchive archive(opened, limits);
    const zip_int64_t count = zip_get_num_entries(opened, 0);
    if (static_cast<std::size_t>(count) > limits.maxEntries)
        return fail(ImportError{ImportErrc::tooComplex, 0, "the archive has " + std::to_string(count) + " entries"});
    for (zip_int64_t i = 0; i < count; ++i) {
        const char* name = zip_get_name(opened, static_cast<zip_uint64_t>(i), 0);
        if (name && !std::string_view(name).ends_with('/'))
            archive.m_names.emplace_back(name);
    }
    std::sort(archive.m_names.begin(), archive.m_names.end());
    archive.m_names.erase(std::unique(archive.m_names.begin(), archive.m_names.end()), archive.m_names.end());
    return archive;
}

std::span<const std::string> ZipArchive::filesBelow(std::string_view prefix) const
{
    const auto first = std::lower_bound(m_names.begin(), m_names.end(), prefix);
    const auto last = std::find_if(first, m_names.end(), [&](const std::string& name) { return !name.starts_with(prefix); });
    return {first, last};
}

bool ZipArchive::has(const std::string& name) const { return zip_name_locate(m_archive.get(), name.c_str(), 0) >= 0; }

Result<Bytes, ImportError> ZipArchive::read(const std::string& name)
{
    const std::unique_ptr<zip_file_t, CloseFile> file(zip_fopen(m_archive.get(), name.c_str(), 0));
    if (!file)
        return entryFailure(ImportErrc::malformed, name, zip_strerror(m_archive.get()));
    Bytes bytes;
    constexpr std::size_t step = 64 * 1024;
    for (;;) { // in steps, since the size that the archive claims may be a lie
        const std::size_t before = bytes.size();
        bytes.resize(before + step);
        const zip_int64_t count = zip_fread(file.get(), bytes.data() + before, step);
        if (count < 0)
            return entryFailure(ImportErrc::malformed, name, zip_file_strerror(file.get()));
        bytes.resize(before + static_cast<std::size_t>(count));
        m_totalBytes += static_cast<std::size_t>(count);
        if (count == 0)
            return bytes;
        if (bytes.size() > m_limits.maxEntryBytes)
            return entryFailure(ImportErrc::tooLarge, name, "unpacks to more than " + std::to_string(m_limits.maxEntryBytes) + " bytes");
        if (m_totalBytes > m_limits.maxTotalBytes)
            return entryFailure(ImportErrc::tooLarge, name, "the archive unpacks to more than " + std::to_string(m_limits.maxTotalBytes) + " bytes");
    }
}

} // namespace tessera::formats
