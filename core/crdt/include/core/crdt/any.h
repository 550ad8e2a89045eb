#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <core/base/bytes.h>

/// A JSON-like value as Yjs stores it: lib0's "any". Objects keep insertion order; 1 and 1.0 are one number;
/// undefined and null differ. A value type with cheap copies (arrays, objects and bytes are shared and immutable).
/// Safe to read on any thread.
namespace tessera::crdt {

class Any
{
public:
    struct Undefined {
        friend bool operator==(Undefined, Undefined) = default;
    };
    struct BigInt {
        std::int64_t value{};
        friend bool operator==(BigInt, BigInt) = default;
    };
    using Array = std::vector<Any>;
    using Object = std::vector<std::pair<std::string, Any>>;

    Any() = default; ///< undefined
    Any(std::nullptr_t) : m_value(nullptr) {}
    Any(bool value) : m_value(value) {}
    Any(double value) : m_value(value) {}
    Any(int value) : m_value(static_cast<double>(value)) {}
    Any(std::int64_t value) : m_value(static_cast<double>(value)) {}
    Any(std::uint64_t value) : m_value(static_cast<double>(value)) {}
    Any(BigInt value) : m_value(value) {}
    Any(std::string value) : m_value(std::move(value)) {}
    Any(std::string_view value) : m_value(std::string(value)) {}
    Any(const char* value) : m_value(std::string(value)) {}
    Any(Array value) : m_value(std::make_shared<const Array>(std::move(value))) {}
    /// As in JavaScript, keys that are array indexes go first, ascending, and a repeated key keeps its last value.
    Any(Object value);
    Any(Bytes value) : m_value(std::make_shared<const Bytes>(std::move(value))) {}

    [[nodiscard]] bool isUndefined() const { return std::holds_alternative<Undefined>(m_value); }
    [[nodiscard]] bool isNull() const { return std::holds_alternative<std::nullptr_t>(m_value); }
    /// Pointers are null when the value is of another kind.
    [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&m_value); }
    [[nodiscard]] const double* number() const { return std::get_if<double>(&m_value); }
    [[nodiscard]] const BigInt* bigInt() const { return std::get_if<BigInt>(&m_value); }
    [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&m_value); }
    [[nodiscard]] const Array* array() const;
    [[nodiscard]] const Object* object() const;
    [[nodiscard]] const Bytes* bytes() const;
    /// Member of an object; null when this is no object or has no such key.
    [[nodiscard]] const Any* find(std::string_view key) const;

    /// Same value; object members in any order; NaN equals NaN; 0 and -0 differ.
    friend bool operator==(const Any& a, const Any& b);

private:
    std::variant<Undefined, std::nullptr_t, bool, double, BigInt, std::string, std::shared_ptr<const Array>,
                 std::shared_ptr<const Object>, std::shared_ptr<const Bytes>>
        m_value;
};

/// lib0 "any" encoding, section 1 of the wire facts. Reading a nesting deeper than 64 is an error; writing (also as
/// JSON) puts null there, so that what we write can be read.
void writeAny(ByteWriter& writer, const Any& value);
Result<Any, DecodeError> readAny(ByteReader& reader);

/// JSON text exactly as JavaScript's JSON.stringify writes it (number form, escapes). Undefined is "undefined", a
/// bigint the number nearest to it.
[[nodiscard]] std::string toJson(const Any& value);
/// RFC 8259 text, plus the literal undefined. Nesting deeper than 64 is an error.
Result<Any, DecodeError> parseJson(std::string_view text);

} // namespace tessera::crdt
