#pragma once

#include <filesystem>

#include <core/service/http.h>

/// The web client's files. `/` and `/d/ROOM` are its page; `/assets/*` have their content's hash in the name and never
/// change, everything else is asked for again each time by ETag. A file with .br or .gz beside it goes out compressed
/// when the browser takes that. The loop's thread.
namespace tessera::relay {

class StaticSite
{
public:
    /// An empty folder path: no web client is installed.
    explicit StaticSite(std::filesystem::path folder) : m_folder(std::move(folder)) {}
    [[nodiscard]] service::Response serve(const service::RequestHead& head) const;

private:
    std::filesystem::path m_folder;
};

} // namespace tessera::relay
