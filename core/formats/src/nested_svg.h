#pragma once

#include <optional>
#include <string>
#include <vector>

#include <core/formats/imported_node.h>

namespace tessera::formats {

/// SVG sources within a file of another format. All of them together have one bound, so that many small ones that each
/// expand cannot take more than one large one.
class NestedSvg
{
public:
    /// The drawing's frame, its keys made unique; its assets go to `into` and its notices to `losses`. Nothing when it cannot be
    /// read, or the bound is reached.
    [[nodiscard]] std::optional<ImportedNode> read(ByteView source, const std::string& name, Imported& into, std::vector<std::string>& losses);

private:
    std::size_t m_elementsLeft = 1'000'000;
    std::size_t m_count = 0;
};

} // namespace tessera::formats
