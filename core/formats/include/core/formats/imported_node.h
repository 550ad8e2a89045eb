#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/hash.h>
#include <core/base/random.h>
#include <core/base/result.h>
#include <core/document/command.h>
#include <core/document/node.h>

/// What every importer yields: a tree of nodes in stored form, the assets it needs, and what could not be modelled.
/// Pure data; safe on any thread.
namespace tessera::formats {

/// Attributes over a range of a text node's content, UTF-16 units.
struct ImportedFormat {
    std::uint32_t at{};
    std::uint32_t count{};
    document::Properties attributes;
};

struct ImportedNode {
    std::string key;                 ///< names the node within the import, for paints that repeat it; empty: nobody does
    document::NodeType type = document::NodeType::group;
    std::string name;
    document::Properties properties; ///< stored form; parent and order are not among them
    std::string text;
    std::vector<ImportedFormat> formats;
    std::vector<ImportedNode> children; ///< paint order, first is lowest
    bool hasBox = true;              ///< while importing: counts in the bounding boxes of its parents
};

struct ImportedAsset {
    ContentHash hash;
    std::string mime;
    Bytes bytes;
    std::uint32_t widthPx{};
    std::uint32_t heightPx{};
    std::string name;
};

/// One thing that was kept as svgRaw, simplified or left out.
struct ImportNotice {
    std::string element; ///< element name with #id, or the kind of object with its name
    std::size_t offset{}; ///< byte offset in the source, where known
    std::string what;
};
[[nodiscard]] std::string describe(const ImportNotice& notice);

struct Imported {
    ImportedNode root;
    std::vector<ImportedAsset> assets;
    std::vector<ImportNotice> notices;
};

enum class ImportErrc : std::uint8_t {
    tooLarge = 1,      ///< source above the byte limit
    notThisFormat = 2, ///< no root element of the format
    malformed = 3,     ///< not well-formed
    tooComplex = 4,    ///< element or nesting limit
};
struct ImportError {
    ImportErrc code{};
    std::size_t offset{}; ///< byte offset in the source, where known
    std::string detail;
};
[[nodiscard]] std::string describe(const ImportError& error);

/// Commands that create the tree at `placement` (assets as AddAsset), with ids minted from `random`. The first
/// CreateNode is the root's.
[[nodiscard]] std::vector<document::Command> toCommands(const Imported& imported, const document::Placement& placement,
                                                        Random& random);

/// Nodes of the exchange form `[{t, name, props, text, children}]` (docs/wire.md, job event `layers`). Unknown types
/// and over 10,000 nodes or 64 levels are errors that name the path.
Result<std::vector<ImportedNode>, ImportError> parseLayers(const crdt::Any& layers);

} // namespace tessera::formats
