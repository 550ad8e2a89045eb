#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <core/base/color.h>
#include <core/base/geometry.h>

/// Layers in the form of docs/wire.md, built up in paint order. Lengths in px of the composition. One thread.
namespace tessera::appliance {

struct ColorStop {
    double offset = 0; ///< 0..1
    Color color;
};

/// A fill: one colour, or a gradient over the node's box.
struct Fill {
    enum class Kind { solid, linear, radial };
    Kind kind = Kind::solid;
    std::vector<ColorStop> stops; ///< solid: one
    double angleDegrees = 90;     ///< linear: 0 to the right, 90 down
    double opacity = 1;

    static Fill solid(const Color& color, double opacity = 1) { return {Kind::solid, {{0, color}}, 0, opacity}; }
    static Fill linear(const Color& from, const Color& to, double angleDegrees, double opacity = 1)
    {
        return {Kind::linear, {{0, from}, {1, to}}, angleDegrees, opacity};
    }
    static Fill radial(const Color& inner, const Color& outer, double opacity = 1)
    {
        return {Kind::radial, {{0, inner}, {1, outer}}, 0, opacity};
    }
};

struct TextLook {
    double sizePx = 16;
    int weight = 400;
    Color color;
    double lineHeight = 1.15;
    double letterSpacingPx = 0;
    std::string_view align = "left";         ///< left, center, right
    std::string_view verticalAlign = "top"; ///< top, middle, bottom
};

/// A closed outline through points; smooth ones get handles along their neighbours (Catmull-Rom).
struct OutlinePoint {
    Point at;
    bool smooth = false;
};

class LayerList
{
public:
    void rect(std::string_view name, const Rect& box, const Fill& fill, double radius = 0, double rotationDegrees = 0);
    void ellipse(std::string_view name, const Rect& box, const Fill& fill);
    void ring(std::string_view name, const Rect& box, const Color& color, double strokePx, double opacity = 1);
    void outline(std::string_view name, const std::vector<OutlinePoint>& points, const Fill& fill);
    /// The quarter disc of a square whose centre of curvature is the given corner: 0 top left, clockwise.
    void quarterDisc(std::string_view name, const Rect& box, int corner, const Fill& fill);
    void text(std::string_view name, const Rect& box, const std::string& content, const TextLook& look);
    void group(std::string_view name, LayerList children);

    [[nodiscard]] std::size_t size() const { return m_layers.size(); }
    /// One frame of the given size that holds everything and clips it.
    [[nodiscard]] std::string toFrameJson(std::string_view name, Size size, const Fill& background) &&;

private:
    boost::json::array m_layers;
};

} // namespace tessera::appliance
