#pragma once

#include <QComboBox>
#include <QLineEdit>

#include <app/models/editor_session.h>
#include <app/panels/selection_summary.h>

#include "color_swatch.h"
#include "number_field.h"
#include "section.h"

namespace tessera::app {

/// Fills or strokes: a row for each paint, with add and remove; for strokes width and alignment too.
class PaintSection final : public Section
{
    Q_OBJECT

public:
    enum class Kind : std::uint8_t { fill, stroke };

    PaintSection(Kind kind, EditorSession& session, QWidget* parent);
    void show(const SelectionSummary& summary);

private:
    struct Row {
        QWidget* widget;
        ColorSwatch* swatch;
        QLineEdit* hex;
        NumberField* opacity;
        QToolButton* eye;
    };

    Row& rowAt(std::size_t index);
    void showRow(Row& row, const document::Paint& paint);
    void change(const std::function<void(std::vector<document::Paint>&)>& change, EditGroup group = EditGroup::own);
    void openPicker(std::size_t index);
    void addPaint();
    [[nodiscard]] std::string key() const { return m_kind == Kind::fill ? "fills" : "strokes"; }

    Kind m_kind;
    EditorSession& m_session;
    SelectionSummary m_summary;
    std::vector<document::Paint> m_paints;
    std::vector<Row> m_rows;
    QLabel* m_mixed;
    QWidget* m_strokeRow = nullptr;
    NumberField* m_width = nullptr;
    QComboBox* m_align = nullptr;
};

/// Colours in use in the document, most frequent first; at most 20.
[[nodiscard]] std::vector<QColor> documentColors(const document::Document& document);

} // namespace tessera::app
