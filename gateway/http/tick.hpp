#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace gateway::http {

/// Until a whole number of ticks of 10 ms has gone since `start`. What is somebody else's takes
/// some microseconds longer to find than what is not there; nobody can see them in a time that is
/// rounded up.
boost::asio::awaitable<void> wait_for_tick(std::chrono::steady_clock::time_point start);

}  // namespace gateway::http
