#include "bands.h"

#include <algorithm>
#include <variant>

#include <render/strips/coverage.h>

namespace tessera::cpu {
namespace {

using strips::stripHeightPx;

/// Work by strip. Weights are about nanoseconds.
class Work
{
public:
    explicit Work(const scene::View& view)
        : m_view(view), m_changes(static_cast<std::size_t>((view.heightPx + stripHeightPx - 1) / stripHeightPx) + 1)
    {
        add(0, view.heightPx, view.widthPx * pixel); // the picture itself
    }

    void add(const scene::DisplayList& list, const Transform& toDevice)
    {
        for (const scene::Item& item : list.items) {
            const auto box = strips::intersected(strips::pixelsTouched(toDevice.mapBounds(item.boundsPage)), {0, 0, m_view.widthPx, m_view.heightPx});
            if (box.isEmpty())
                continue;
            const auto* layer = std::get_if<scene::PushLayer>(&item.content);
            if (const auto* sub = std::get_if<scene::SubList>(&item.content))
                add(**sub, toDevice * item.toPage);
            else if (layer)
                add(box.y0, box.y1, box.width() * (layer->effects ? effectPixel : pixel));
            else
                add(box.y0, box.y1, itemOnce / box.height() + row + box.width() * pixel);
        }
    }

    [[nodiscard]] std::vector<int> borders(int count) const
    {
        std::vector<double> upTo{0};
        double change = 0;
        for (std::size_t i = 0; i + 1 < m_changes.size(); ++i)
            upTo.push_back(upTo.back() + (change += m_changes[i]));
        std::vector<int> borders{0};
        for (int i = 1; i < count; ++i) {
            const auto at = std::lower_bound(upTo.begin(), upTo.end(), upTo.back() * i / count);
            borders.push_back(std::min(static_cast<int>(at - upTo.begin()) * stripHeightPx, m_view.heightPx));
        }
        borders.push_back(m_view.heightPx);
        return borders;
    }

private:
    static constexpr double itemOnce = 2000;     ///< once
    static constexpr double row = 20;         ///< of an item
    static constexpr double pixel = 0.5;
    static constexpr double effectPixel = 50; ///< a blur or two

    void add(int firstRow, int endRow, double perRow)
    {
        m_changes[static_cast<std::size_t>(firstRow / stripHeightPx)] += perRow;
        m_changes[static_cast<std::size_t>((endRow - 1) / stripHeightPx) + 1] -= perRow;
    }

    const scene::View& m_view;
    std::vector<double> m_changes; ///< of the work per row, from one strip to the next
};

} // namespace

std::vector<int> bandBorders(const scene::DisplayList& list, const scene::View& view, int count)
{
    if (count == 1)
        return {0, view.heightPx};
    Work work(view);
    work.add(list, view.pageToDevice);
    return work.borders(count);
}

} // namespace tessera::cpu
