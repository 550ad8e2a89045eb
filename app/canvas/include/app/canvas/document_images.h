#pragma once

#include <functional>
#include <optional>
#include <set>
#include <unordered_map>

#include <QObject>

#include <core/base/bytes.h>
#include <render/scene/image.h>

/// Decoded images of a document's assets. Decoding happens on worker threads; until it is done there is no image.
/// GUI thread.
namespace tessera::app {

class DocumentImages final : public QObject, public scene::ImageSource
{
    Q_OBJECT

public:
    using Load = std::function<std::optional<Bytes>(const ContentHash&)>;

    explicit DocumentImages(Load load, QObject* parent = nullptr);

    [[nodiscard]] scene::ImageRef image(const ContentHash& asset) override;
    /// Decodes at once what is still missing: for export, which must not show placeholders.
    [[nodiscard]] scene::ImageRef imageNow(const ContentHash& asset);
    /// Bytes came that were missing before.
    void retry(const ContentHash& asset);
    [[nodiscard]] bool isDecoding() const { return !m_decoding.empty(); }

Q_SIGNALS:
    void decoded(const tessera::ContentHash& asset);

private:
    void start(const ContentHash& asset);

    Load m_load;
    std::unordered_map<std::string, scene::ImageRef> m_images; ///< null: does not decode
    std::set<std::string> m_decoding;
};

} // namespace tessera::app
