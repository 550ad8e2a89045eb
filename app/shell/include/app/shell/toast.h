#pragma once

#include <QFrame>
#include <QPointer>
#include <QWidget>

/// Short messages over the canvas: at most three, newest below. Information goes after four seconds, problems stay until
/// dismissed. Never modal. GUI thread.
namespace tessera::app {

enum class ToastKind : std::uint8_t { info, problem };

class ToastStack final : public QWidget
{
    Q_OBJECT

public:
    explicit ToastStack(QWidget* over);
    void show(const QString& text, ToastKind kind);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();

    QWidget* m_over;
};

} // namespace tessera::app
