#pragma once

#include <core/service/event_loop.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

namespace tessera::service {

/// One thread only runs the context, so Asio may leave out its locking between callbacks; post() from other threads
/// stays safe (concurrency hint 1).
struct EventLoop::Impl {
    boost::asio::io_context context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keepRunning{context.get_executor()};
    std::vector<std::unique_ptr<boost::asio::signal_set>> signalSets;
};

using LoopExecutor = boost::asio::io_context::executor_type;

} // namespace tessera::service
