#include <app/tools/handles.h>

#include <cmath>
#include <numbers>

namespace tessera::app {
namespace {

constexpr double rotateZoneFactor = 1.75; ///< the rotation zone's reach, in handle hit sizes
constexpr double smallBoxView = 24;

bool isCorner(Handle handle)
{
    return static_cast<int>(handle) % 2 == 0;
}

} // namespace

Point unitPosition(Handle handle)
{
    switch (handle) {
    case Handle::topLeft: return {0, 0};
    case Handle::top: return {0.5, 0};
    case Handle::topRight: return {1, 0};
    case Handle::right: return {1, 0.5};
    case Handle::bottomRight: return {1, 1};
    case Handle::bottom: return {0.5, 1};
    case Handle::bottomLeft: return {0, 1};
    case Handle::left: return {0, 0.5};
    }
    return {};
}

Point handlePosition(const SelectionBox& box, Handle handle)
{
    const Point unit = unitPosition(handle);
    return box.toPage.apply({unit.x * box.size.width, unit.y * box.size.height});
}

bool isShown(const SelectionBox& box, Handle handle, double zoom)
{
    if (box.size.height <= 0)
        return handle == Handle::left || handle == Handle::right;
    if (box.size.width <= 0)
        return handle == Handle::top || handle == Handle::bottom;
    const bool small = std::min(box.size.width, box.size.height) * zoom < smallBoxView;
    return isCorner(handle) || !small;
}

std::optional<HandleHit> handleAt(const SelectionBox& box, Point page, double zoom, double hitView)
{
    if (box.isEmpty())
        return std::nullopt;
    const double reach = hitView / zoom / 2;
    for (const Handle handle : allHandles) {
        if (isShown(box, handle, zoom) && length(page - handlePosition(box, handle)) <= reach)
            return HandleHit{handle, false};
    }
    const auto toBox = box.toPage.inverted();
    if (!toBox)
        return std::nullopt;
    const Point local = toBox->apply(page);
    const bool inside = Rect{0, 0, box.size.width, box.size.height}.contains(local);
    // Sides can be dragged between their handles too, except on small boxes, which would leave nothing to move by.
    const bool isLine = box.size.height <= 0 || box.size.width <= 0;
    if (!isLine && std::min(box.size.width, box.size.height) * zoom >= smallBoxView) {
        const double side = reach / 2 / std::max(box.toPage.scale(), 1e-9);
        const bool inX = local.x > 0 && local.x < box.size.width, inY = local.y > 0 && local.y < box.size.height;
        if (inX && std::abs(local.y) <= side)
            return HandleHit{Handle::top, false};
        if (inX && std::abs(local.y - box.size.height) <= side)
            return HandleHit{Handle::bottom, false};
        if (inY && std::abs(local.x) <= side)
            return HandleHit{Handle::left, false};
        if (inY && std::abs(local.x - box.size.width) <= side)
            return HandleHit{Handle::right, false};
    }
    if (inside)
        return std::nullopt;
    for (const Handle handle : allHandles) {
        const bool canTurn = isLine ? isShown(box, handle, zoom) : isCorner(handle);
        if (canTurn && length(page - handlePosition(box, handle)) <= hitView * rotateZoneFactor / zoom)
            return HandleHit{handle, true};
    }
    return std::nullopt;
}

Transform resizeMap(const SelectionBox& box, Handle handle, Point to, const Modifiers& modifiers)
{
    const auto toBox = box.toPage.inverted();
    if (!toBox)
        return {};
    const Point local = toBox->apply(to);
    const Point unit = unitPosition(handle);
    const double w = box.size.width, h = box.size.height;
    const bool movesX = unit.x != 0.5 && w > 0, movesY = unit.y != 0.5 && h > 0;
    const Point anchor = modifiers.alt ? Point{w / 2, h / 2} : Point{(1 - unit.x) * w, (1 - unit.y) * h};
    const Point grabbed{unit.x * w, unit.y * h};
    const auto factor = [](double target, double from, double anchorAt, double side) {
        return std::max((target - anchorAt) / (from - anchorAt), 1 / side);
    };
    double sx = movesX ? factor(local.x, grabbed.x, anchor.x, w) : 1;
    double sy = movesY ? factor(local.y, grabbed.y, anchor.y, h) : 1;
    if (modifiers.shift) {
        const double s = movesX && movesY ? std::max(sx, sy) : movesX ? sx : sy;
        sx = w > 0 ? s : 1;
        sy = h > 0 ? s : 1;
    }
    // A side handle with shift grows evenly to both sides of its axis.
    const Point fixed{movesX ? anchor.x : w / 2, movesY ? anchor.y : h / 2};
    const Transform local2local = Transform::translation(fixed.x, fixed.y) * Transform::scaling(sx, sy) *
                                  Transform::translation(-fixed.x, -fixed.y);
    return box.toPage * local2local * *toBox;
}

Transform rotateMap(const SelectionBox& box, Point from, Point to, const Modifiers& modifiers)
{
    const Point center = box.center();
    const Point a = from - center, b = to - center;
    double radians = std::atan2(b.y, b.x) - std::atan2(a.y, a.x);
    if (modifiers.shift) {
        const double step = std::numbers::pi / 12;
        const double own = std::atan2(box.toPage.b, box.toPage.a);
        radians = std::round((own + radians) / step) * step - own;
    }
    return Transform::translation(center.x, center.y) * Transform::rotation(radians) *
           Transform::translation(-center.x, -center.y);
}

CursorShape resizeCursor(const SelectionBox& box, Handle handle)
{
    const Point unit = unitPosition(handle);
    const Point direction = box.toPage.applyVector({unit.x - 0.5, unit.y - 0.5});
    const double degrees = std::fmod(std::atan2(direction.y, direction.x) * 180 / std::numbers::pi + 360 + 22.5, 180);
    if (degrees < 45)
        return CursorShape::sizeHorizontal;
    if (degrees < 90)
        return CursorShape::sizeDiagonalDown;
    return degrees < 135 ? CursorShape::sizeVertical : CursorShape::sizeDiagonalUp;
}

} // namespace tessera::app
