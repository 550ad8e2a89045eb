#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/color.h>
#include <core/base/path.h>
#include <core/document/node.h>

/// SVG elements as plain data, and values as the shortest text that says them. Pure; safe on any thread.
namespace tessera::exports {

struct SvgElement {
    std::string tag;      ///< empty: text content alone
    std::vector<std::pair<std::string, std::string>> attributes; ///< in written order; values not yet escaped
    Transform transform;  ///< written first of all attributes
    std::string text;     ///< content before the children; not yet escaped
    std::vector<SvgElement> children;

    /// Sets or replaces; an empty value is not written.
    SvgElement& set(std::string_view name, std::string value);
    [[nodiscard]] const std::string* get(std::string_view name) const;
    void remove(std::string_view name);
};

/// Markup without any white space of its own. Control characters that XML has no form for are left out.
void write(std::string& out, const SvgElement& element);

/// Numbers past this are not written: no renderer computes with them.
inline constexpr double largestNumber = 1e7;
[[nodiscard]] bool isWritable(double value);
[[nodiscard]] bool isWritable(const Transform& transform);
[[nodiscard]] bool isWritable(const Rect& rect);
/// At most `decimals` decimals, no zero that says nothing, 0 for what is not writable.
[[nodiscard]] std::string numberText(double value, int decimals = 4);
[[nodiscard]] std::string numbersText(const std::vector<double>& values, int decimals = 4);
/// #rgb or #rrggbb; alpha is said elsewhere.
[[nodiscard]] std::string colorText(const Color& color);
/// Empty for the identity.
[[nodiscard]] std::string transformText(const Transform& transform);
/// Path data; relative or absolute, whichever is shorter. Empty when the path has no segment or a point is not writable.
[[nodiscard]] std::string pathText(const Path& path);
/// Standard base64 with padding.
[[nodiscard]] std::string base64Text(ByteView bytes);

} // namespace tessera::exports
