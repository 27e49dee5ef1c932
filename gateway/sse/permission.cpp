#include "gateway/sse/permission.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <utility>

namespace gateway::sse {

using std::chrono::milliseconds;

Permission::Permission(MayGoOn ask, const domain::Clock& clock, milliseconds every, double share)
    : ask_(std::move(ask)),
      clock_(clock),
      every_(every),
      delay_(static_cast<std::int64_t>(share * static_cast<double>(every.count()))) {}

void Permission::sent() {
    if (!ask_ || state_->due) return;
    state_->due = true;
    look_at_ = std::max(not_before_, clock_.elapsed() + delay_);
}

std::optional<milliseconds> Permission::next_look() const {
    if (!state_->due || state_->asking) return std::nullopt;
    return look_at_;
}

void Permission::look(const boost::asio::any_io_executor& executor, std::function<void()> wake) {
    if (!next_look() || clock_.elapsed() < look_at_) return;
    look_at_ = not_before_ = clock_.elapsed() + every_;
    state_->due = false;
    state_->asking = true;
    boost::asio::co_spawn(
        executor,
        ask_(Ended(state_, &state_->ended)),
        [state = state_, wake = std::move(wake)](const std::exception_ptr& error, bool allowed) {
            state->asking = false;
            if (error)
                state->due = true;  // not known: later, then
            else
                state->withdrawn = !allowed;
            wake();
        }
    );
}

}  // namespace gateway::sse
