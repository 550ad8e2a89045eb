#include <core/crdt/any.h>

#include <charconv>
#include <cmath>
#include <limits>

#include <core/base/utf.h>

namespace tessera::crdt {
namespace {

constexpr int maxDepth = 64;

/// ECMAScript Number::toString: the shortest digits that read back, plain up to 21 digits, else with an exponent.
void appendNumber(std::string& out, double value)
{
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    if (value == 0) {
        out += '0';
        return;
    }
    if (value < 0)
        out += '-';
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::abs(value), std::chars_format::scientific).ptr;
    const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
    const std::size_t e = text.find('e');
    std::string digits(text.substr(0, 1));
    if (e > 2)
        digits += text.substr(2, e - 2);
    int exponent = 0;
    std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), end, exponent);
    const int count = static_cast<int>(digits.size());
    const int pointAt = exponent + 1;
    if (count <= pointAt && pointAt <= 21) {
        out += digits;
        out.append(static_cast<std::size_t>(pointAt - count), '0');
    } else if (0 < pointAt && pointAt <= 21) {
        out += digits.insert(static_cast<std::size_t>(pointAt), 1, '.');
    } else if (-6 < pointAt && pointAt <= 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-pointAt), '0');
        out += digits;
    } else {
        out += digits[0];
        if (count > 1)
            out.append(1, '.').append(digits, 1);
        out += exponent < 0 ? "e-" : "e+";
        out += std::to_string(std::abs(exponent));
    }
}

void appendString(std::string& out, std::string_view text)
{
    constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                out += "\\u00";
                out += hex[static_cast<unsigned char>(c) >> 4];
                out += hex[c & 15];
            } else {
                out += c;
            }
        }
    }
    out += '"';
}

void appendJson(std::string& out, const Any& value, int depth);

void appendBytes(std::string& out, const Bytes& bytes)
{
    // What JSON.stringify makes of a Uint8Array: an object with one member per byte.
    out += '{';
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        out += i ? ",\"" : "\"";
        out += std::to_string(i) + "\":" + std::to_string(bytes[i]);
    }
    out += '}';
}

void appendObject(std::string& out, const Any::Object& object, int depth)
{
    out += '{';
    bool first = true;
    for (const auto& [key, member] : object) {
        if (member.isUndefined())
            continue;
        if (!first)
            out += ',';
        first = false;
        appendString(out, key);
        out += ':';
        appendJson(out, member, depth + 1);
    }
    out += '}';
}

void appendArray(std::string& out, const Any::Array& array, int depth)
{
    out += '[';
    for (std::size_t i = 0; i < array.size(); ++i) {
        if (i)
            out += ',';
        appendJson(out, array[i].isUndefined() ? Any(nullptr) : array[i], depth + 1);
    }
    out += ']';
}

void appendJson(std::string& out, const Any& value, int depth)
{
    if (depth == maxDepth && (value.array() || value.object()))
        out += "null";
    else if (value.isUndefined())
        out += "undefined";
    else if (value.isNull())
        out += "null";
    else if (const bool* boolean = value.boolean())
        out += *boolean ? "true" : "false";
    else if (const double* number = value.number())
        appendNumber(out, *number);
    else if (const Any::BigInt* bigInt = value.bigInt())
        appendNumber(out, static_cast<double>(bigInt->value)); // what a reader takes it for, so it reads the same again
    else if (const std::string* text = value.string())
        appendString(out, isUtf8(*text) ? *text : toValidUtf8(*text));
    else if (const Any::Object* object = value.object())
        appendObject(out, *object, depth);
    else if (const Any::Array* array = value.array())
        appendArray(out, *array, depth);
    else if (const Bytes* bytes = value.bytes())
        appendBytes(out, *bytes);
}

class JsonParser
{
public:
    explicit JsonParser(std::string_view text) : m_text(text) {}

    Result<Any, DecodeError> parse()
    {
        if (m_text == "undefined")
            return Any();
        if (!isUtf8(m_text))
            return fail(DecodeError{DecodeErrc::invalidUtf8, 0});
        TESSERA_TRY(value, readValue(0));
        skipSpace();
        if (m_at != m_text.size())
            return fail(DecodeError{DecodeErrc::trailingBytes, m_at});
        return value;
    }

private:
    [[nodiscard]] Failure<DecodeError> broken() const
    {
        return fail(DecodeError{m_at < m_text.size() ? DecodeErrc::malformed : DecodeErrc::truncated, m_at});
    }
    [[nodiscard]] char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    void skipSpace()
    {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')
            ++m_at;
    }
    bool take(char c)
    {
        skipSpace();
        if (peek() != c)
            return false;
        ++m_at;
        return true;
    }
    bool takeWord(std::string_view word)
    {
        if (m_text.substr(m_at, word.size()) != word)
            return false;
        m_at += word.size();
        return true;
    }

    Result<Any, DecodeError> readValue(int depth)
    {
        if (depth > maxDepth)
            return fail(DecodeError{DecodeErrc::nestedTooDeep, m_at});
        skipSpace();
        switch (peek()) {
        case '{': return readObject(depth);
        case '[': return readArray(depth);
        case '"': {
            TESSERA_TRY(text, readString());
            return Any(std::move(text));
        }
        case 't': return takeWord("true") ? Result<Any, DecodeError>(Any(true)) : broken();
        case 'f': return takeWord("false") ? Result<Any, DecodeError>(Any(false)) : broken();
        case 'n': return takeWord("null") ? Result<Any, DecodeError>(Any(nullptr)) : broken();
        default: return readNumber();
        }
    }

    Result<Any, DecodeError> readObject(int depth)
    {
        ++m_at;
        Any::Object object;
        if (take('}'))
            return Any(std::move(object));
        do {
            skipSpace();
            if (peek() != '"')
                return broken();
            TESSERA_TRY(key, readString());
            if (!take(':'))
                return broken();
            TESSERA_TRY(value, readValue(depth + 1));
            object.emplace_back(std::move(key), std::move(value));
        } while (take(','));
        if (!take('}'))
            return broken();
        return Any(std::move(object));
    }

    Result<Any, DecodeError> readArray(int depth)
    {
        ++m_at;
        Any::Array array;
        if (take(']'))
            return Any(std::move(array));
        do {
            TESSERA_TRY(value, readValue(depth + 1));
            array.push_back(std::move(value));
        } while (take(','));
        if (!take(']'))
            return broken();
        return Any(std::move(array));
    }

    [[nodiscard]] std::size_t digitsAt(std::size_t at) const
    {
        std::size_t count = 0;
        while (at + count < m_text.size() && m_text[at + count] >= '0' && m_text[at + count] <= '9')
            ++count;
        return count;
    }

    /// Whether the first digit that is no zero stands left of the point once the exponent has moved it.
    [[nodiscard]] static bool isAtLeastOne(std::string_view number)
    {
        const std::size_t e = std::min(number.find_first_of("eE"), number.size());
        const std::string_view digits = number.substr(0, e);
        const std::size_t point = std::min(digits.find('.'), digits.size());
        const std::size_t first = std::min(digits.find_first_of("123456789"), digits.size());
        std::int32_t exponent = 0;
        if (e < number.size()) {
            const std::string_view shift = number.substr(number[e + 1] == '+' ? e + 2 : e + 1);
            if (std::from_chars(shift.data(), shift.data() + shift.size(), exponent).ec != std::errc())
                return shift.front() != '-'; // longer than any number of digits
        }
        return static_cast<std::int64_t>(point) + exponent > static_cast<std::int64_t>(first);
    }

    Result<Any, DecodeError> readNumber()
    {
        const std::size_t start = m_at;
        std::size_t at = m_at + (peek() == '-');
        const std::size_t whole = digitsAt(at);
        if (whole == 0 || (whole > 1 && m_text[at] == '0'))
            return broken();
        at += whole;
        if (at < m_text.size() && m_text[at] == '.') {
            const std::size_t fraction = digitsAt(at + 1);
            if (fraction == 0)
                return broken();
            at += 1 + fraction;
        }
        if (at < m_text.size() && (m_text[at] == 'e' || m_text[at] == 'E')) {
            ++at;
            at += at < m_text.size() && (m_text[at] == '-' || m_text[at] == '+');
            const std::size_t exponent = digitsAt(at);
            if (exponent == 0)
                return broken();
            at += exponent;
        }
        double value = 0;
        const auto parsed = std::from_chars(m_text.data() + start, m_text.data() + at, value);
        if (parsed.ec == std::errc::result_out_of_range) {
            const bool isTiny = !isAtLeastOne(m_text.substr(start, at - start));
            value = isTiny ? 0.0 : std::numeric_limits<double>::infinity();
            value = m_text[start] == '-' ? -value : value;
        }
        m_at = at;
        return Any(value);
    }

    Result<char32_t, DecodeError> readHex4()
    {
        char32_t value = 0;
        for (int i = 0; i < 4; ++i, ++m_at) {
            const char c = peek();
            const int digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (digit < 0)
                return broken();
            value = value << 4 | static_cast<char32_t>(digit);
        }
        return value;
    }

    Result<char32_t, DecodeError> readEscape()
    {
        const char c = peek();
        ++m_at;
        switch (c) {
        case 'b': return U'\b';
        case 'f': return U'\f';
        case 'n': return U'\n';
        case 'r': return U'\r';
        case 't': return U'\t';
        case '"': case '\\': case '/': return static_cast<char32_t>(c);
        case 'u': break;
        default: --m_at; return broken();
        }
        TESSERA_TRY(unit, readHex4());
        if (unit >= 0xd800 && unit < 0xdc00 && takeWord("\\u")) {
            const std::size_t low = m_at;
            TESSERA_TRY(second, readHex4());
            if (second >= 0xdc00 && second < 0xe000)
                return 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
            m_at = low - 2;
        }
        return unit;
    }

    Result<std::string, DecodeError> readString()
    {
        ++m_at;
        std::string out;
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c == '"') {
                ++m_at;
                return out;
            }
            if (static_cast<unsigned char>(c) < 0x20)
                return broken();
            ++m_at;
            if (c == '\\') {
                TESSERA_TRY(codePoint, readEscape());
                appendUtf8(out, codePoint);
            } else {
                out += c;
            }
        }
        return broken();
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

} // namespace

std::string toJson(const Any& value)
{
    std::string out;
    appendJson(out, value, 0);
    return out;
}

Result<Any, DecodeError> parseJson(std::string_view text) { return JsonParser(text).parse(); }

} // namespace tessera::crdt
