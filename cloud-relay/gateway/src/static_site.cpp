#include <relay/gateway/static_site.h>

#include <array>

#include <core/service/secret_file.h>

#include <sys/stat.h>

namespace tessera::relay {

using service::Response;

namespace {

constexpr std::size_t maxFileBytes = std::size_t{64} << 20;

/// Scripts and styles from here only; pictures and workers also from memory (canvas exports, decoded blobs).
constexpr std::string_view contentSecurityPolicy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' blob: data:; font-src 'self' data:; connect-src 'self' blob: data:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct MimeRow {
    std::string_view extension;
    std::string_view type;
};
constexpr std::array<MimeRow, 20> mimeTable{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".ttf", "font/ttf"},
    {".otf", "font/otf"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
    {".xml", "application/xml"},
    {".pdf", "application/pdf"},
}};

std::string_view mimeOf(const std::filesystem::path& file)
{
    const std::string extension = file.extension().string();
    for (const MimeRow& row : mimeTable)
        if (row.extension == extension)
            return row.type;
    return "application/octet-stream";
}

/// Plain names between single slashes: nothing hidden, nothing that climbs.
bool isPlainPath(std::string_view path)
{
    std::size_t begin = 1;
    while (begin <= path.size()) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view name = path.substr(begin, end - begin);
        if (name.empty() || name.front() == '.' || name.find('\\') != std::string_view::npos)
            return false;
        begin = end + 1;
    }
    return true;
}

bool isFile(const std::filesystem::path& path, struct stat& info)
{
    return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

/// Whether the browser listed the encoding without refusing it (q=0).
bool accepts(std::string_view acceptEncoding, std::string_view encoding)
{
    const std::size_t at = acceptEncoding.find(encoding);
    if (at == std::string_view::npos)
        return false;
    const std::string_view rest = acceptEncoding.substr(at + encoding.size());
    const std::string_view own = rest.substr(0, rest.find(','));
    return own.find("q=0") == std::string_view::npos || own.find("q=0.") != std::string_view::npos;
}

Response page(unsigned status, std::string_view title, std::string_view text)
{
    std::string html = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>";
    ((html += title) += "</title><h1>") += title;
    ((html += "</h1><p>") += text) += "</p></html>\n";
    Response response = Response::text(status, std::move(html), "text/html; charset=utf-8");
    response.headers.emplace_back("Content-Security-Policy", "default-src 'none'");
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

} // namespace

Response StaticSite::serve(const service::RequestHead& head) const
{
    const bool isPage = head.path == "/" || head.path.starts_with("/d/");
    const std::filesystem::path relative = isPage ? "index.html" : head.path.substr(1);
    struct stat info = {};
    if (isPage && (m_folder.empty() || !isFile(m_folder / relative, info)))
        return page(503, "The web client is not installed here",
                    "This relay is running and desktop editors can connect to it. Start it with --web and the folder "
                    "of a built web client to open documents in the browser.");
    if (m_folder.empty() || !(isPage || isPlainPath(head.path)) || !isFile(m_folder / relative, info))
        return page(404, "Not found", "There is nothing at this address.");

    std::filesystem::path file = m_folder / relative;
    const std::string_view type = mimeOf(file);
    std::string encoding;
    const std::string_view accepted = head.header("accept-encoding");
    for (const auto& [name, suffix] : {std::pair{"br", ".br"}, std::pair{"gzip", ".gz"}}) {
        struct stat compressed = {};
        const std::filesystem::path beside = file.string() + suffix;
        if (encoding.empty() && accepts(accepted, name) && isFile(beside, compressed)) {
            encoding = name;
            file = beside;
            info = compressed;
        }
    }

    const std::string etag = "\"" + std::to_string(info.st_size) + "-" + std::to_string(info.st_mtim.tv_sec) + "." +
                             std::to_string(info.st_mtim.tv_nsec) + (encoding.empty() ? "" : "-" + encoding) + "\"";
    Response response;
    response.headers = {{"ETag", etag},
                        {"Vary", "Accept-Encoding"},
                        {"Cache-Control", head.path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache"},
                        {"Content-Security-Policy", std::string(contentSecurityPolicy)},
                        {"Referrer-Policy", "no-referrer"}};
    if (head.header("if-none-match").find(etag) != std::string_view::npos) {
        response.status = 304;
        return response;
    }
    auto content = service::readWholeFile(file, maxFileBytes);
    if (!content)
        return page(500, "This file cannot be read", "The relay's web folder is damaged.");
    response.headers.emplace_back("Content-Type", std::string(type));
    if (!encoding.empty())
        response.headers.emplace_back("Content-Encoding", encoding);
    response.body.assign(content->begin(), content->end());
    return response;
}

} // namespace tessera::relay
