#include "gateway/http/tick.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gateway::http {

boost::asio::awaitable<void> wait_for_tick(std::chrono::steady_clock::time_point start) {
    constexpr std::chrono::milliseconds tick(10);
    const auto ticks = (std::chrono::steady_clock::now() - start) / tick + 1;
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, start + ticks * tick);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

}  // namespace gateway::http
