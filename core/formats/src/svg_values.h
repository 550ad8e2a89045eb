#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <core/base/color.h>
#include <core/base/geometry.h>
#include <core/document/node.h>

/// Values of SVG attributes and CSS properties as text. Lenient as browsers are: what does not parse is absent.
namespace tessera::formats {

[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] std::string lowerCase(std::string_view text);

/// Reads numbers, flags and separators from a list such as path data.
class NumberScanner
{
public:
    explicit NumberScanner(std::string_view text) : m_text(text) {}
    void skipSeparators(); ///< white space and commas
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] char peek() const { return m_text[m_at]; }
    void advance() { ++m_at; }
    [[nodiscard]] std::optional<double> number();
    [[nodiscard]] std::optional<bool> flag(); ///< one digit 0 or 1, as in arcs

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

[[nodiscard]] std::vector<double> parseNumbers(std::string_view text);
struct NumberWithUnit {
    double value{};
    std::string unit; ///< lower case; "%" for percentages, empty without one
};
[[nodiscard]] std::optional<NumberWithUnit> parseNumberWithUnit(std::string_view text);
/// Degrees: deg, grad, rad, turn, or no unit.
[[nodiscard]] std::optional<double> parseAngle(std::string_view text);
/// A length in px; percentages of `percentBase`, em of `emPx`.
[[nodiscard]] std::optional<double> parseLength(std::string_view text, double percentBase, double emPx = 16);
/// #hex, rgb(), rgba(), hsl(), hsla(), the CSS names, transparent. Not none, not currentColor.
[[nodiscard]] std::optional<Color> parseCssColor(std::string_view text);
[[nodiscard]] Transform parseTransformList(std::string_view text);
/// Path data up to its first error, as the SVG error rule wants; all segments as cubics, absolute.
[[nodiscard]] document::VectorPath parsePathData(std::string_view data);
/// The same with one segment for each command: an arc keeps only its ends and its directions there. For markers.
[[nodiscard]] document::VectorPath parsePathVertices(std::string_view data);
/// Exact bounding box of the curves.
[[nodiscard]] Rect pathBounds(const document::VectorPath& path);
[[nodiscard]] document::VectorPath transformed(const document::VectorPath& path, const Transform& transform);
/// An ellipse or arc of an ellipse as cubics appended to the sub-path (endpoint form of SVG).
void appendArc(document::SubPath& subPath, double rx, double ry, double rotationDegrees, bool large, bool sweep, Point to);

} // namespace tessera::formats
