#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <core/document/document.h>

/// What the properties panel shows of a selection: for each property the common value, or that values differ. Pure.
namespace tessera::app {

/// Present: at least one node has the property. Mixed: they differ; `value` is then the first one's.
template <class T> struct Shared {
    bool present = false;
    bool mixed = false;
    T value{};

    void add(const T& next)
    {
        if (!present)
            value = next;
        else if (!(value == next))
            mixed = true;
        present = true;
    }
};

struct SelectionSummary {
    std::vector<NodeId> nodes;
    Shared<double> x, y, width, height, rotation; ///< x, y in the parent
    Shared<double> radius;                        ///< rectangles, frames and images
    Shared<double> opacity;                       ///< 0..1
    Shared<bool> visible, locked, clip;
    Shared<std::vector<document::Paint>> fills, strokes;
    Shared<double> strokeWidth;
    Shared<document::StrokeAlign> strokeAlign;
    Shared<std::string> family;
    Shared<double> fontSize;
    Shared<int> weight;
    Shared<Color> textColor;
    Shared<document::TextAlign> textAlign;
    std::vector<NodeId> textNodes;
    std::vector<NodeId> paintable; ///< those that take fills and strokes
};
[[nodiscard]] SelectionSummary summarize(const document::Document& document, std::span<const NodeId> nodes);

} // namespace tessera::app
