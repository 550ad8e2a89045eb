#include <app/shell/toast.h>

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <app/theme/icons.h>

namespace tessera::app {
namespace {

constexpr int mostToasts = 3;

} // namespace

ToastStack::ToastStack(QWidget* over) : QWidget(over), m_over(over)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme().metric(Metric::spaceField));
    over->installEventFilter(this);
    hide();
}

bool ToastStack::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize)
        place();
    return QWidget::eventFilter(watched, event);
}

void ToastStack::place()
{
    const int width = theme().metric(Metric::dialog);
    const int height = layout()->hasHeightForWidth() ? layout()->heightForWidth(width) : sizeHint().height();
    const int bottom = theme().metric(Metric::statusBar) + theme().metric(Metric::spaceGroup);
    setGeometry((m_over->width() - width) / 2, m_over->height() - height - bottom, width, height);
}

void ToastStack::show(const QString& text, ToastKind kind)
{
    auto* column = static_cast<QVBoxLayout*>(layout());
    while (column->count() >= mostToasts)
        delete column->itemAt(0)->widget();
    auto* toast = new QFrame(this);
    toast->setObjectName(QStringLiteral("toast"));
    toast->setAccessibleName(text);
    auto* row = new QHBoxLayout(toast);
    row->setContentsMargins(theme().metric(Metric::spacePanel), theme().metric(Metric::spaceField),
                            theme().metric(Metric::spaceField), theme().metric(Metric::spaceField));
    auto* icon = new QLabel(toast);
    const bool problem = kind == ToastKind::problem;
    icon->setPixmap(themeIcon(problem ? QStringLiteral("triangle-alert") : QStringLiteral("info"),
                              problem ? ColorRole::danger : ColorRole::accent)
                        .pixmap(theme().metric(Metric::icon), theme().metric(Metric::icon)));
    auto* words = new QLabel(text, toast);
    words->setWordWrap(true);
    auto* close = new QToolButton(toast);
    close->setIcon(themeIcon(QStringLiteral("x")));
    close->setAccessibleName(tr("Dismiss"));
    close->setToolTip(tr("Dismiss"));
    row->addWidget(icon, 0, Qt::AlignTop);
    row->addWidget(words, 1);
    row->addWidget(close, 0, Qt::AlignTop);
    column->addWidget(toast);
    const auto remove = [this, toast = QPointer<QFrame>(toast)] {
        delete toast.data();
        if (layout()->isEmpty())
            hide();
        else
            place();
    };
    connect(close, &QToolButton::clicked, this, remove, Qt::QueuedConnection);
    if (!problem)
        QTimer::singleShot(theme().metric(Metric::toastMs), toast, remove);
    QAccessibleEvent told(toast, QAccessible::Alert);
    QAccessible::updateAccessibility(&told);
    QWidget::show();
    raise();
    place();
}

} // namespace tessera::app
