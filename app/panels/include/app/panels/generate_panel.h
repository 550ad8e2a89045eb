#pragma once

#include <QWidget>

#include <app/models/generation_model.h>

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;

/// Right panel, "Generate": prompt, model, brand colours, seed; progress with preview and cancel; errors that keep the
/// prompt. GUI thread.
namespace tessera::app {

class ColorSwatch;

class GeneratePanel final : public QWidget
{
    Q_OBJECT

public:
    GeneratePanel(EditorSession& session, GenerationModel& model, QWidget* parent = nullptr);

    void focusPrompt();

Q_SIGNALS:
    void shareRequested();

private:
    void buildForm();
    void buildStatus();
    void refresh();
    void refreshModels();
    void generate();
    void buildColors();

    EditorSession& m_session;
    GenerationModel& m_model;
    QWidget* m_form;
    QWidget* m_empty;
    QLabel* m_emptyText;
    QPushButton* m_emptyAction;
    QLabel* m_target;
    QPlainTextEdit* m_prompt;
    QComboBox* m_models;
    QLineEdit* m_seed;
    QWidget* m_colorRow;
    std::vector<std::pair<QColor, QWidget*>> m_colors; ///< chosen colours; the widget is a checkable swatch
    QPushButton* m_generate;
    QPushButton* m_cancel;
    QProgressBar* m_progress;
    QLabel* m_status;
    QLabel* m_preview;
    quint64 m_lastSeed = 1;
};

} // namespace tessera::app
