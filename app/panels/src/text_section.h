#pragma once

#include <QButtonGroup>
#include <QComboBox>

#include <app/models/editor_session.h>
#include <app/panels/selection_summary.h>
#include <render/text/font_library.h>

#include "color_swatch.h"
#include "number_field.h"
#include "section.h"

namespace tessera::app {

/// Family, weight, size, alignment and colour of the selected text boxes.
class TextSection final : public Section
{
    Q_OBJECT

public:
    TextSection(EditorSession& session, text::FontLibrary& fonts, QWidget* parent);
    void show(const SelectionSummary& summary);

private:
    /// Applies, then gives automatic boxes their new size in the same undo step.
    void apply(const Commands& commands, EditGroup group = EditGroup::own);
    void openPicker();

    EditorSession& m_session;
    text::FontLibrary& m_fonts;
    SelectionSummary m_summary;
    QComboBox* m_family;
    QComboBox* m_weight;
    NumberField* m_size;
    QButtonGroup* m_align;
    ColorSwatch* m_color;
    QLineEdit* m_hex;
};

} // namespace tessera::app
