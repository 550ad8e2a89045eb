#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <collab/asio/loop.h>
#include <core/base/clock.h>

namespace tessera::collab {

struct AsioLoop::Context {
    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
    SystemClock clock;
};

} // namespace tessera::collab
