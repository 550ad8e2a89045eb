#pragma once

#include <functional>
#include <memory>

#include <QCoreApplication>
#include <QElapsedTimer>

#include <collab/asio/loop.h>

namespace tessera::test {

/// Runs the Asio loop and the Qt loop of this thread by turns.
class EventLoops
{
public:
    collab::AsioLoop asio;

    bool until(const std::function<bool()>& condition, int timeoutMs = 10'000)
    {
        QElapsedTimer timer;
        timer.start();
        while (!condition()) {
            if (timer.elapsed() > timeoutMs)
                return false;
            QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
            asio.runFor(std::chrono::milliseconds{1});
        }
        return true;
    }
    void spin(int durationMs)
    {
        until([] { return false; }, durationMs);
    }
};

} // namespace tessera::test
