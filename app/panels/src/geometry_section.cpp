#include "geometry_section.h"

#include <app/models/property_edits.h>

namespace tessera::app {

GeometrySection::GeometrySection(EditorSession& session, QWidget* parent) : Section(tr("Position and size"), parent), m_session(session)
{
    addAlignRow();
    auto* position = addRow();
    m_x = addField(position, tr("X"), tr("X position"));
    m_y = addField(position, tr("Y"), tr("Y position"));
    auto* size = addRow();
    m_width = addField(size, tr("W"), tr("Width"));
    m_height = addField(size, tr("H"), tr("Height"));
    auto* turn = addRow();
    m_rotation = addField(turn, QStringLiteral("∠"), tr("Rotation in degrees"));
    m_radius = addField(turn, QStringLiteral("R"), tr("Corner radius"));
    auto* appearance = addRow();
    m_opacity = addField(appearance, QStringLiteral("◐"), tr("Opacity in percent"));
    appearance->addStretch(1);
    appearance->setStretch(0, 1);
    m_rotation->setSuffix(QStringLiteral("°"));
    m_opacity->setSuffix(QStringLiteral("%"));
    m_width->setRange(0, 1e6);
    m_height->setRange(0, 1e6);
    m_radius->setRange(0, 1e5);
    m_opacity->setRange(0, 100);

    const auto frame = [this](NumberField* field, ValueChange FrameChange::*member) {
        connect(field, &NumberField::edited, this, [this, member](const ValueChange& change, bool scrubbing) {
            FrameChange frameChange;
            frameChange.*member = change;
            m_session.apply(changeFrames(m_session.document(), m_summary.nodes, frameChange),
                            scrubbing ? EditGroup::scrub : EditGroup::own);
        });
    };
    frame(m_x, &FrameChange::x);
    frame(m_y, &FrameChange::y);
    frame(m_width, &FrameChange::width);
    frame(m_height, &FrameChange::height);
    frame(m_rotation, &FrameChange::rotationDegrees);
    connect(m_radius, &NumberField::edited, this, [this](const ValueChange& change, bool scrubbing) {
        Commands commands;
        for (const NodeId& id : m_summary.nodes) {
            const document::Node* node = m_session.document().node(id);
            using document::NodeType;
            if (!node || (node->type != NodeType::rect && node->type != NodeType::frame && node->type != NodeType::image))
                continue;
            std::array<double, 4> radii = node->radii;
            for (double& radius : radii)
                radius = change(radius);
            commands.push_back(document::SetProperties{id, {{"radii", storedRadii(radii)}}});
        }
        m_session.apply(commands, scrubbing ? EditGroup::scrub : EditGroup::own);
    });
    connect(m_opacity, &NumberField::edited, this, [this](const ValueChange& change, bool scrubbing) {
        Commands commands;
        for (const NodeId& id : m_summary.nodes) {
            if (const document::Node* node = m_session.document().node(id))
                commands.push_back(document::SetProperties{id, {{"op", document::rounded(change(node->opacity * 100) / 100)}}});
        }
        m_session.apply(commands, scrubbing ? EditGroup::scrub : EditGroup::own);
    });
}

NumberField* GeometrySection::addField(QHBoxLayout* row, const QString& label, const QString& name)
{
    auto* field = new NumberField(label, name, this);
    row->addWidget(field, 1);
    return field;
}

void GeometrySection::addAlignRow()
{
    auto* row = addRow();
    row->setSpacing(0);
    const std::tuple<const char*, QString, Alignment> entries[] = {
        {"align-start-vertical", tr("Align left"), Alignment::left},
        {"align-center-vertical", tr("Align horizontal centres"), Alignment::centerX},
        {"align-end-vertical", tr("Align right"), Alignment::right},
        {"align-start-horizontal", tr("Align top"), Alignment::top},
        {"align-center-horizontal", tr("Align vertical centres"), Alignment::centerY},
        {"align-end-horizontal", tr("Align bottom"), Alignment::bottom},
    };
    for (const auto& [icon, name, alignment] : entries) {
        QToolButton* button = iconButton(QLatin1String(icon), name, this);
        row->addWidget(button);
        row->addStretch(1);
        connect(button, &QToolButton::clicked, this, [this, alignment = alignment] {
            m_session.apply(alignNodes(m_session.document(), m_summary.nodes, alignment));
        });
    }
}

void GeometrySection::show(const SelectionSummary& summary)
{
    m_summary = summary;
    m_x->show(summary.x);
    m_y->show(summary.y);
    m_width->show(summary.width);
    m_height->show(summary.height);
    m_rotation->show(summary.rotation);
    m_radius->show(summary.radius);
    Shared<double> percent = summary.opacity;
    percent.value *= 100;
    m_opacity->show(percent);
}

} // namespace tessera::app
