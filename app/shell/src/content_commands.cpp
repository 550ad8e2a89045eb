#include <app/shell/content_commands.h>

#include <QBuffer>
#include <QClipboard>
#include <QFile>
#include <QFileInfo>
#include <QGuiApplication>
#include <QImage>
#include <QMimeData>
#include <QSaveFile>

#include <app/models/blob_exchange.h>
#include <app/models/property_edits.h>
#include <app/models/qt_convert.h>
#include <app/models/structure_edits.h>
#include <core/formats/import_file.h>
#include <render/export/render_document.h>

namespace tessera::app {
namespace {

constexpr qint64 maxFileBytes = 64LL << 20;
const QString layersMime = QStringLiteral("application/x-tessera-layers+json");

Bytes toBytes(const QByteArray& data)
{
    const auto* begin = reinterpret_cast<const std::uint8_t*>(data.constData());
    return {begin, begin + data.size()};
}

Result<QByteArray, QString> readFile(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(QObject::tr("Could not read %1: %2.").arg(path, file.errorString()));
    if (file.size() > maxFileBytes)
        return fail(QObject::tr("%1 has %2 MB; at most 64 MB can be brought in.").arg(path).arg(file.size() >> 20));
    return file.readAll();
}

NodeId parentOf(EditorSession& session, const Place& place)
{
    return place.parent.value_or(session.insertionParent());
}

/// Adds the asset and a node that shows it; the bytes go into the file first.
Result<ImportedContent, QString> insertImage(EditorSession& session, const QByteArray& bytes, const QString& name,
                                             const Place& place)
{
    const Bytes data = toBytes(bytes);
    const auto info = exports::readImageInfo(data);
    if (!info)
        return fail(QObject::tr("%1 could not be read as an image: %2.").arg(name, toQt(exports::describe(info.error()))));
    const std::string mime(exports::mimeOf(info->format));
    const ContentHash hash = session.blobs().put(data, mime);
    document::CreateNode create;
    create.id = makeNodeId(session.services().random);
    create.type = document::NodeType::image;
    create.placement = {parentOf(session, place), std::nullopt};
    create.properties = {{"name", QFileInfo(name).completeBaseName().toStdString()},
                         {"xf", document::toAny(Transform::translation(place.at.x, place.at.y))},
                         {"size", document::toAny(Size{double(info->widthPx), double(info->heightPx)})},
                         {"asset", hash.hex}};
    const document::AddAsset asset{hash,
                                   mime,
                                   static_cast<std::uint64_t>(bytes.size()),
                                   static_cast<std::uint32_t>(info->widthPx),
                                   static_cast<std::uint32_t>(info->heightPx),
                                   name.toStdString()};
    if (!session.applyAndSelect({asset, create}, {create.id}))
        return fail(QObject::tr("%1 was not placed: the document cannot be changed.").arg(name));
    return ImportedContent{create.id, {}, hash};
}

/// Everything an export needs, decoded: placeholders must not reach a file.
class ReadyImages final : public scene::ImageSource
{
public:
    explicit ReadyImages(DocumentImages& images) : m_images(images) {}
    scene::ImageRef image(const ContentHash& asset) override { return m_images.imageNow(asset); }

private:
    DocumentImages& m_images;
};

} // namespace

Result<ImportedContent, QString> importDrawingFile(EditorSession& session, const QString& path, const Place& place)
{
    TESSERA_TRY(source, readFile(path));
    const QString name = QFileInfo(path).completeBaseName();
    auto imported = formats::importFile(toBytes(source), path.toStdString(), name.toStdString());
    if (!imported)
        return fail(QObject::tr("%1 could not be imported: %2.").arg(path, toQt(formats::describe(imported.error()))));
    for (const formats::ImportedAsset& asset : imported->assets)
        session.blobs().put(asset.bytes, asset.mime);
    Commands commands = formats::toCommands(imported.value(), {parentOf(session, place), std::nullopt},
                                            session.services().random);
    ImportedContent content;
    for (document::Command& command : commands) {
        auto* create = std::get_if<document::CreateNode>(&command);
        if (!create)
            continue;
        content.node = create->id;
        std::erase_if(create->properties, [](const auto& entry) { return entry.first == "xf"; });
        create->properties.emplace_back("xf", document::toAny(Transform::translation(place.at.x, place.at.y)));
        break;
    }
    for (const formats::ImportNotice& notice : imported->notices)
        content.notices.push_back(QStringLiteral("%1: %2").arg(toQt(notice.element), toQt(notice.what)));
    if (!session.applyAndSelect(commands, {content.node}))
        return fail(QObject::tr("%1 was not imported: the document cannot be changed.").arg(path));
    return content;
}

Result<ImportedContent, QString> placeImageFile(EditorSession& session, const QString& path, const Place& place)
{
    TESSERA_TRY(bytes, readFile(path));
    return insertImage(session, bytes, QFileInfo(path).fileName(), place);
}

Result<ExportedPicture, QString> exportPngFile(EditorSession& session, CanvasScene& scene, const QString& path,
                                               std::optional<NodeId> node, double scale)
{
    ReadyImages images(scene.images());
    exports::RenderOptions options;
    options.node = node.value_or(session.selection().page());
    options.scale = scale;
    const auto image = exports::renderImage(session.document(), scene.fonts(), images, options);
    if (!image)
        return fail(QObject::tr("Nothing was exported: %1.").arg(toQt(exports::describe(image.error()))));
    const auto png = exports::encodePng(image.value());
    if (!png)
        return fail(QObject::tr("Nothing was exported: %1.").arg(toQt(exports::describe(png.error()))));
    QSaveFile file(path);
    const auto size = static_cast<qint64>(png->size());
    if (!file.open(QIODevice::WriteOnly) || file.write(reinterpret_cast<const char*>(png->data()), size) != size ||
        !file.commit())
        return fail(QObject::tr("Could not write %1: %2.").arg(path, file.errorString()));
    return ExportedPicture{image->widthPx, image->heightPx};
}

void copySelection(EditorSession& session)
{
    const auto& nodes = session.selection().nodes();
    if (nodes.empty())
        return;
    auto* data = new QMimeData;
    data->setData(layersMime, QByteArray::fromStdString(crdt::toJson(layersOf(session.document(), nodes))));
    if (nodes.size() == 1) {
        const document::Node* node = session.document().node(nodes.front());
        if (node && node->type == document::NodeType::text)
            data->setText(toQt(node->plainText()));
    }
    QGuiApplication::clipboard()->setMimeData(data);
}

bool paste(EditorSession& session, Point center)
{
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    if (!data)
        return false;
    const NodeId page = session.selection().page();
    if (data->hasFormat(layersMime)) {
        const auto layers = crdt::parseJson(data->data(layersMime).toStdString());
        if (!layers)
            return false;
        // A little beside the original, so that one sees the copy.
        constexpr double beside = 16;
        const StructureEdit edit = insertLayers(layers.value(), {page, std::nullopt},
                                                Transform::translation(beside, beside), session.services().random);
        return session.applyAndSelect(edit.commands, edit.selection);
    }
    if (data->hasImage()) {
        QByteArray png;
        QBuffer buffer(&png);
        const QImage image = qvariant_cast<QImage>(data->imageData());
        if (!image.save(&buffer, "PNG"))
            return false;
        const Point corner{center.x - image.width() / 2.0, center.y - image.height() / 2.0};
        return insertImage(session, png, QObject::tr("Pasted image"), {page, corner}).hasValue();
    }
    if (!data->text().isEmpty()) {
        document::CreateNode create;
        create.id = makeNodeId(session.services().random);
        create.type = document::NodeType::text;
        create.placement = {page, std::nullopt};
        create.text = data->text().toStdString();
        create.properties = {{"name", defaultName(create.type)},
                             {"xf", document::toAny(Transform::translation(center.x, center.y))},
                             {"size", document::toAny(Size{200, 24})},
                             {"para", storedParagraph({.autoSize = document::AutoSize::widthAndHeight})}};
        return session.applyAndSelect({create}, {create.id});
    }
    return false;
}

} // namespace tessera::app
