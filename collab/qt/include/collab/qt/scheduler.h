#pragma once

#include <QObject>

#include <collab/session/scheduler.h>

namespace tessera::collab {

/// The session's timers on the Qt event loop of the thread that made it.
class QtScheduler final : public QObject, public Scheduler
{
    Q_OBJECT
public:
    explicit QtScheduler(QObject* parent = nullptr);

    [[nodiscard]] const tessera::Clock& clock() const override { return m_clock; }
    [[nodiscard]] Timer after(std::chrono::milliseconds delay, std::function<void()> callback) override;

private:
    SystemClock m_clock;
};

} // namespace tessera::collab
