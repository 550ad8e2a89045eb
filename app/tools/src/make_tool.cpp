#include <app/tools/tool.h>

#include "pen_tool.h"
#include "select_tool.h"
#include "shape_tool.h"

namespace tessera::app {

std::unique_ptr<Tool> makeTool(ToolKind kind)
{
    using document::NodeType;
    switch (kind) {
    case ToolKind::frame: return std::make_unique<ShapeTool>(NodeType::frame);
    case ToolKind::rectangle: return std::make_unique<ShapeTool>(NodeType::rect);
    case ToolKind::ellipse: return std::make_unique<ShapeTool>(NodeType::ellipse);
    case ToolKind::line: return std::make_unique<ShapeTool>(NodeType::line);
    case ToolKind::text: return std::make_unique<ShapeTool>(NodeType::text);
    case ToolKind::pen: return std::make_unique<PenTool>();
    // The hand pans the view and needs no document; images are placed by the shell once a file was chosen.
    case ToolKind::select:
    case ToolKind::hand:
    case ToolKind::image:
    case ToolKind::generate: break;
    }
    return std::make_unique<SelectTool>();
}

} // namespace tessera::app
