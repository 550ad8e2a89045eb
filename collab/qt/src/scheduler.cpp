#include <collab/qt/scheduler.h>

#include <QTimer>

namespace tessera::collab {

QtScheduler::QtScheduler(QObject* parent) : QObject(parent) {}

Scheduler::Timer QtScheduler::after(std::chrono::milliseconds delay, std::function<void()> callback)
{
    auto token = std::make_shared<std::function<void()>>(std::move(callback));
    QTimer::singleShot(delay, Qt::PreciseTimer, this, [weak = std::weak_ptr{token}] {
        if (const auto alive = weak.lock()) {
            const auto run = std::move(*alive); // the callback may drop its own token
            run();
        }
    });
    return token;
}

} // namespace tessera::collab
