#pragma once

#include <app/models/editor_session.h>
#include <app/panels/selection_summary.h>

#include "number_field.h"
#include "section.h"

namespace tessera::app {

/// Alignment, position, size, rotation, corner radius and opacity.
class GeometrySection final : public Section
{
    Q_OBJECT

public:
    GeometrySection(EditorSession& session, QWidget* parent);
    void show(const SelectionSummary& summary);

private:
    void addAlignRow();
    NumberField* addField(QHBoxLayout* row, const QString& label, const QString& name);

    EditorSession& m_session;
    SelectionSummary m_summary;
    NumberField* m_x;
    NumberField* m_y;
    NumberField* m_width;
    NumberField* m_height;
    NumberField* m_rotation;
    NumberField* m_radius;
    NumberField* m_opacity;
};

} // namespace tessera::app
