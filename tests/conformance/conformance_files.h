#pragma once

#include <QString>

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <core/base/random.h>
#include <core/document/document.h>
#include <core/formats/svg_import.h>
#include <render/export/svg_export.h>
#include <render/scene/image.h>

/// The set of SVG files with reference pictures, and documents made of them. Test code only.
namespace tessera::conformance {

/// SVG_CONFORMANCE, or shared/data/svg-conformance beside the repository.
[[nodiscard]] QString dataFolder();
/// Whole file; empty when it cannot be read.
[[nodiscard]] Bytes bytesOf(const QString& path);

/// One row of files.tsv; paths below the folder.
struct Case {
    QString category, svg, png;
};
/// None when the folder is not there.
[[nodiscard]] std::vector<Case> casesOf(const QString& folder);

/// How many files of a category there are, and how many pass.
struct Tally {
    int files = 0, passed = 0;
};
using Tallies = std::map<QString, Tally>;
/// One line for each category and one for all, as test messages.
void print(const Tallies& tallies);
/// Empty, or which category has fewer than it must.
[[nodiscard]] QString shortOf(const std::map<QString, int>& mustPass, const Tallies& tallies);

/// Images that an import brought.
class Images final : public scene::ImageSource, public exports::AssetSource
{
public:
    explicit Images(const std::vector<formats::ImportedAsset>& assets);
    scene::ImageRef image(const ContentHash& asset) override;
    std::optional<Bytes> bytes(const ContentHash& asset) override;

private:
    std::map<ContentHash, scene::ImageRef> m_images;
    std::map<ContentHash, Bytes> m_bytes;
};

/// A file imported onto the page of a new document; linked images are read from beside it.
struct Opened {
    SeededRandom random{1};
    std::unique_ptr<document::Document> document;
    std::optional<Images> images;
    NodeId root; ///< the imported frame
};
/// Null when the import refuses.
[[nodiscard]] std::unique_ptr<Opened> open(const QString& folder, const QString& svg);

} // namespace tessera::conformance
