#include <core/service/http.h>

#include <core/base/utf.h>

namespace tessera::service {
namespace {

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> percentDecoded(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size())
            return std::nullopt;
        const int high = hexDigit(text[i + 1]), low = hexDigit(text[i + 2]);
        if (high < 0 || low < 0)
            return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

} // namespace

std::string_view RequestHead::header(const std::string& lowerCaseName) const
{
    const auto found = headers.find(lowerCaseName);
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

bool splitTarget(std::string_view target, RequestHead& head)
{
    head.target = target;
    const std::size_t mark = target.find('?');
    auto path = percentDecoded(target.substr(0, mark));
    if (!path || path->empty() || path->front() != '/' || path->find('\0') != std::string::npos)
        return false;
    head.path = std::move(*path);
    head.query.clear();
    std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    while (!rest.empty()) {
        const std::size_t end = rest.find('&');
        const std::string_view pair = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        const std::size_t equals = pair.find('=');
        auto name = percentDecoded(pair.substr(0, equals));
        auto value = percentDecoded(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
        if (!name || !value)
            return false;
        if (!name->empty())
            head.query.try_emplace(std::move(*name), std::move(*value));
    }
    return true;
}

std::string escapedJson(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : toValidUtf8(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (byte < 0x20)
            ((out += "\\u00") += digits[byte >> 4]) += digits[byte & 15];
        else
            out += c;
    }
    return out;
}

Response Response::json(unsigned status, std::string body)
{
    return {status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, std::move(body)};
}

Response Response::problem(unsigned status, std::string_view code, std::string_view title, std::string_view detail)
{
    Response response = json(status, "{\"type\":\"about:blank\",\"status\":" + std::to_string(status) + ",\"code\":\"" +
                                         escapedJson(code) + "\",\"title\":\"" + escapedJson(title) +
                                         "\",\"detail\":\"" + escapedJson(detail) + "\"}");
    response.headers[0].second = "application/problem+json";
    return response;
}

Response Response::text(unsigned status, std::string body, std::string_view contentType)
{
    return {status, {{"Content-Type", std::string(contentType)}}, std::move(body)};
}

} // namespace tessera::service
