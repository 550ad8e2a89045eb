#include <app/canvas/document_images.h>

#include <QPointer>
#include <QThreadPool>

#include <core/base/log.h>
#include <render/export/codecs.h>

namespace tessera::app {
namespace {

scene::ImageRef decode(const Bytes& bytes)
{
    auto image = exports::decodeImage(bytes);
    if (!image) {
        log::warning("canvas", "An image does not decode", {{"error", exports::describe(image.error())}});
        return nullptr;
    }
    return std::make_shared<const scene::Image>(std::move(image).value());
}

} // namespace

DocumentImages::DocumentImages(Load load, QObject* parent) : QObject(parent), m_load(std::move(load)) {}

scene::ImageRef DocumentImages::image(const ContentHash& asset)
{
    if (const auto found = m_images.find(asset.hex); found != m_images.end())
        return found->second;
    if (!m_decoding.contains(asset.hex))
        start(asset);
    return nullptr;
}

scene::ImageRef DocumentImages::imageNow(const ContentHash& asset)
{
    if (const auto found = m_images.find(asset.hex); found != m_images.end())
        return found->second;
    const auto bytes = m_load(asset);
    if (!bytes)
        return nullptr;
    return m_images[asset.hex] = decode(*bytes);
}

void DocumentImages::retry(const ContentHash& asset)
{
    if (!m_images.contains(asset.hex) && !m_decoding.contains(asset.hex))
        start(asset);
}

void DocumentImages::start(const ContentHash& asset)
{
    auto bytes = m_load(asset);
    if (!bytes)
        return;
    m_decoding.insert(asset.hex);
    QThreadPool::globalInstance()->start([self = QPointer<DocumentImages>(this), asset, bytes = std::move(*bytes)] {
        scene::ImageRef image = decode(bytes);
        QObject* receiver = self.data();
        if (!receiver)
            return;
        QMetaObject::invokeMethod(
            receiver,
            [self, asset, image] {
                if (!self)
                    return;
                self->m_decoding.erase(asset.hex);
                self->m_images[asset.hex] = image;
                Q_EMIT self->decoded(asset);
            },
            Qt::QueuedConnection);
    });
}

} // namespace tessera::app
