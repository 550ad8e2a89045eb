#include <core/formats/excalidraw_import.h>

#include <algorithm>
#include <cmath>

#include "excalidraw_reader.h"
#include "svg_values.h"

namespace tessera::formats {

using crdt::Any;

namespace {

constexpr std::size_t maxGroupDepth = 16;

bool isFrame(const Any& element)
{
    const std::string_view type = textOf(element, "type");
    return type == "frame" || type == "magicframe";
}

bool isLine(const Any& element)
{
    const std::string_view type = textOf(element, "type");
    return type == "line" || type == "arrow" || type == "freedraw" || type == "draw";
}

/// Groups and frames while elements still come: children by index, so that nothing moves.
class LayerTree
{
public:
    using Index = std::size_t;

    Index add(Index parent, ImportedNode node)
    {
        m_items.push_back({std::move(node), {}});
        m_items[parent].children.push_back(m_items.size() - 1);
        return m_items.size() - 1;
    }
    /// The group of that name below `parent`, made where its first element stands.
    Index group(Index parent, const std::string& id)
    {
        const auto [known, isNew] = m_groups.try_emplace({parent, id}, 0);
        if (isNew) {
            ImportedNode node;
            node.name = "Group";
            known->second = add(parent, std::move(node));
        }
        return known->second;
    }
    [[nodiscard]] std::vector<ImportedNode> take() { return std::move(assembled(0).children); }

private:
    struct Item {
        ImportedNode node;
        std::vector<Index> children;
    };
    ImportedNode assembled(Index index) // as deep as groups in a frame may be
    {
        ImportedNode node = std::move(m_items[index].node);
        for (const Index child : m_items[index].children)
            node.children.push_back(assembled(child));
        return node;
    }

    std::vector<Item> m_items{Item{}};
    std::map<std::pair<Index, std::string>, Index> m_groups;
};

ImportedNode sheet(const std::string& name, Size size, const Color& background)
{
    ImportedNode frame;
    frame.type = document::NodeType::frame;
    frame.name = name;
    setSize(frame, size);
    setFills(frame, {document::solidPaint(background)});
    return frame;
}

Result<ImportedNode, ImportError> readDrawing(ExcalidrawReader& reader, const Any& file, const std::string& name)
{
    constexpr double margin = 20;
    Rect bounds;
    TESSERA_TRY(nodes, reader.read(listOf(file, "elements"), bounds));
    bounds = bounds.inflated(margin);
    const auto background = parseCssColor(textOf(memberOf(file, "appState"), "viewBackgroundColor"));
    ImportedNode root = sheet(name, {bounds.width, bounds.height}, background.value_or(Color{1, 1, 1, 1}));
    for (ImportedNode& node : nodes)
        placeWithin(node, Transform::translation(-bounds.x, -bounds.y));
    root.children = std::move(nodes);
    return root;
}

/// Items in rows, as wide as the widest of their column and as high as the highest of their row.
Result<ImportedNode, ImportError> readLibrary(ExcalidrawReader& reader, const Any& file, const std::string& name)
{
    constexpr double gap = 60;
    std::vector<ImportedNode> items;
    std::vector<Rect> boxes;
    const auto add = [&](const Any::Array& elements, std::string_view itemName) -> Result<void, ImportError> {
        Rect bounds;
        TESSERA_TRY(nodes, reader.read(elements, bounds));
        ImportedNode group;
        group.name = itemName.empty() ? "Item " + std::to_string(items.size() + 1) : std::string(itemName);
        group.children = std::move(nodes);
        items.push_back(std::move(group));
        boxes.push_back(bounds);
        return {};
    };
    for (const Any& item : listOf(file, "libraryItems"))
        TESSERA_CHECK(add(listOf(item, "elements"), textOf(item, "name")));
    for (const Any& item : listOf(file, "library")) { // version 1: lists of elements alone
        if (item.array())
            TESSERA_CHECK(add(*item.array(), {}));
    }
    const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(items.size()))));
    std::vector<double> widths(columns, 0), heights(columns > 0 ? (items.size() + columns - 1) / columns : 0, 0);
    for (std::size_t i = 0; i < items.size(); ++i) {
        widths[i % columns] = std::max(widths[i % columns], boxes[i].width);
        heights[i / columns] = std::max(heights[i / columns], boxes[i].height);
    }
    double y = gap, right = gap;
    ImportedNode root;
    for (std::size_t row = 0; row < heights.size(); ++row) {
        double x = gap;
        for (std::size_t column = 0; column < columns && row * columns + column < items.size(); ++column) {
            const std::size_t i = row * columns + column;
            setTransform(items[i], Transform::translation(x - boxes[i].x, y - boxes[i].y));
            x += widths[column] + gap;
            right = std::max(right, x);
        }
        y += heights[row] + gap;
    }
    root = sheet(name, {right, y}, {1, 1, 1, 1});
    root.children = std::move(items);
    return root;
}

} // namespace

std::string ExcalidrawReader::nameOf(const Any& element) const
{
    std::string name(textOf(element, "type"));
    if (!name.empty())
        name.front() = static_cast<char>(name.front() >= 'a' && name.front() <= 'z' ? name.front() - 'a' + 'A' : name.front());
    return name;
}

std::optional<ImportedNode> ExcalidrawReader::readElement(const Any& element, Rect& bounds)
{
    const std::string_view type = textOf(element, "type");
    Losses losses;
    const std::string named = std::string(type) + " #" + std::string(textOf(element, "id"));
    ImportedNode node;
    Rect box{0, 0, std::abs(numberOr(element, "width", 0)), std::abs(numberOr(element, "height", 0))};
    double outside = 0;
    if (type == "text") {
        node = text(element, losses);
    } else if (type == "image") {
        node = image(element, losses);
    } else if (isFrame(element)) {
        node = frame(element);
    } else if (isLine(element) || type == "rectangle" || type == "diamond" || type == "ellipse" || type == "embeddable" || type == "iframe") {
        const ExcalidrawLook look = excalidrawLook(element);
        node = shape(element, look, losses);
        outside = look.style.width;
        if (isLine(element)) {
            const ExcalidrawOutline outline = excalidrawOutline(element);
            if (outline.points.empty()) {
                notice(named, "has no points and is left out");
                return std::nullopt;
            }
            box = pathBounds(outline.path);
        }
        m_roughCount += numberOr(element, "roughness", 1) > 0;
    } else {
        notice(named, "is of a type that is not known and is left out");
        return std::nullopt;
    }
    const Point corner = pointOf(element), center = box.center();
    const auto& flips = listOf(element, "scale");
    const auto flip = [&](std::size_t axis) { return flips.size() == 2 && flips[axis].number() && *flips[axis].number() < 0 ? -1.0 : 1.0; };
    const Transform place = Transform::translation(corner.x + center.x, corner.y + center.y) * Transform::rotation(numberOr(element, "angle", 0))
        * Transform::scaling(flip(0), flip(1)) * Transform::translation(-center.x, -center.y);
    placeWithin(node, place);
    setOpacity(node, numberOr(element, "opacity", 100) / 100);
    if (isSet(element, "locked"))
        node.properties.emplace_back("lock", true);
    if (!textOf(element, "link").empty())
        losses.emplace_back("its link is not modelled");
    bounds = united(bounds, place.mapBounds(box.inflated(std::max(outside, 0.5))));
    if (!losses.empty())
        notice(named, joined(losses));
    return node;
}

Result<std::vector<ImportedNode>, ImportError> ExcalidrawReader::read(const Any::Array& elements, Rect& bounds)
{
    LayerTree tree;
    std::map<std::string_view, const Any*> frames; ///< those that are in the file
    std::map<std::string_view, LayerTree::Index> made;
    for (const Any& element : elements) {
        if (isFrame(element) && !isSet(element, "isDeleted"))
            frames.emplace(textOf(element, "id"), &element);
    }
    const auto frameIndex = [&](const Any& element) -> LayerTree::Index {
        const auto [known, isNew] = made.try_emplace(textOf(element, "id"), 0);
        if (isNew) {
            if (auto node = readElement(element, bounds))
                known->second = tree.add(0, std::move(*node));
        }
        return known->second;
    };
    for (const Any& element : elements) {
        if (++m_elementCount > m_limits.maxElements)
            return fail(ImportError{ImportErrc::tooComplex, 0, "more than " + std::to_string(m_limits.maxElements) + " elements"});
        if (isSet(element, "isDeleted") || textOf(element, "type") == "selection")
            continue;
        if (isFrame(element)) {
            frameIndex(element);
            continue;
        }
        const auto frame = frames.find(textOf(element, "frameId"));
        LayerTree::Index parent = 0;
        Rect ignored;
        if (frame != frames.end())
            parent = frameIndex(*frame->second);
        auto node = readElement(element, frame != frames.end() ? ignored : bounds);
        if (m_pointCount > m_limits.maxPoints)
            return fail(ImportError{ImportErrc::tooComplex, 0, "more than " + std::to_string(m_limits.maxPoints) + " points"});
        if (!node)
            continue;
        if (frame != frames.end()) {
            const Point corner = pointOf(*frame->second);
            placeWithin(*node, Transform::translation(-corner.x, -corner.y));
        }
        const auto& groups = listOf(element, "groupIds"); // the innermost first
        for (std::size_t i = std::min(groups.size(), maxGroupDepth); i-- > 0;) {
            if (const std::string* id = groups[i].string())
                parent = tree.group(parent, *id);
        }
        if (groups.size() > maxGroupDepth)
            notice(node->name, "groups around more than " + std::to_string(maxGroupDepth) + " others are left out");
        tree.add(parent, std::move(*node));
    }
    return tree.take();
}

void ExcalidrawReader::noteRoughness()
{
    if (m_roughCount > 0)
        notice("file", std::to_string(m_roughCount) + " hand-drawn elements are drawn with clean lines");
}

Result<Imported, ImportError> importExcalidraw(ByteView source, const std::string& name, const ExcalidrawLimits& limits)
{
    if (source.size() > limits.maxBytes)
        return fail(ImportError{ImportErrc::tooLarge, 0, std::to_string(source.size()) + " bytes"});
    const auto file = crdt::parseJson(asText(source));
    if (!file)
        return fail(ImportError{ImportErrc::malformed, file.error().offset, std::string(describe(file.error().code))});
    const std::string_view type = textOf(*file, "type");
    const bool isLibrary = type == "excalidrawlib";
    if (!isLibrary && type != "excalidraw" && type != "excalidraw/clipboard")
        return fail(ImportError{ImportErrc::notThisFormat, 0, "no Excalidraw drawing and no library: its type is '" + std::string(type.substr(0, 40)) + "'"});
    ExcalidrawReader reader(memberOf(*file, "files"), limits);
    auto root = isLibrary ? readLibrary(reader, *file, name) : readDrawing(reader, *file, name);
    if (!root)
        return fail(std::move(root).error());
    reader.noteRoughness();
    Imported imported = reader.take();
    imported.root = std::move(root).value();
    return imported;
}

} // namespace tessera::formats
