#include "infra/process/child_link.hpp"

#include "infra/process/under_way.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <stdexcept>
#include <utility>

namespace infra::process {
namespace {

using namespace std::chrono_literals;

/// How often it is looked at while nothing comes.
constexpr auto look_every = 5ms;

/// One that sleeps may be waiting for memory, or for ever: it gets more time, and what we slept
/// through ourselves counts little.
constexpr int idle_factor = 3;
constexpr auto look_max = 100ms;

/// Before it is at any command: it is started, or reads what it is given.
constexpr auto start_patience = 20s;

}  // namespace

void ChildLink::begin(std::chrono::milliseconds patience) {
    patience_ = patience;
    under_way_ = child_.under_way();
    used_before_ = child_.used();
    waited_ = {};
    looked_ = Clock::now();
}

void ChildLink::say(std::string frame) {
    if (unsent_.empty()) {
        unsent_ = std::move(frame);
    } else {
        unsent_ += frame;
    }
    exchange(0ms);
}

Heard ChildLink::wait(std::chrono::milliseconds timeout) {
    const auto until = Clock::now() + timeout;
    try {
        for (Frame frame;;) {
            if (reader_.next(frame)) return frame;
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
            const auto slice = std::clamp<std::chrono::milliseconds>(left, 0ms, look_every);
            if (!exchange(slice)) return lost(false, "");
            if (reader_.next(frame)) return frame;
            if (stalled()) return lost(true, "");
            if (Clock::now() >= until) return domain::Working{};
        }
    } catch (const std::runtime_error& nonsense) {
        return gives_nonsense(nonsense.what());
    }
}

domain::Lost ChildLink::gives_nonsense(const std::string& why) {
    domain::Lost given_up = lost(false, why);
    given_up.nonsense = true;
    return given_up;
}

/// Sends and receives what can be; false when the other end is gone.
bool ChildLink::exchange(std::chrono::milliseconds timeout) {
    pollfd socket{child_.socket(), POLLIN, 0};
    if (!unsent_.empty()) {
        const ssize_t sent =
            send(child_.socket(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) unsent_.erase(0, static_cast<std::size_t>(sent));
        if (!unsent_.empty()) socket.events |= POLLOUT;
    }
    if (timeout > 0ms && poll(&socket, 1, static_cast<int>(timeout.count())) <= 0) return true;
    return receive();
}

bool ChildLink::receive() {
    std::array<char, 64 * 1024> bytes;
    for (;;) {
        const ssize_t got = recv(child_.socket(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got > 0) {
            reader_.add({bytes.data(), static_cast<std::size_t>(got)});
            if (static_cast<std::size_t>(got) < bytes.size()) return true;
        } else if (got == 0) {
            return false;
        } else if (errno != EINTR) {
            return errno == EAGAIN || errno == EWOULDBLOCK;
        }
    }
}

bool ChildLink::stalled() {
    const auto looked = std::exchange(looked_, Clock::now());
    const std::uint64_t now = child_.under_way();
    if (now != under_way_) {
        under_way_ = now;
        used_before_ = child_.used();
        waited_ = {};
        return false;
    }
    using State = ChildProcess::State;
    const bool at_command = UnderWay::of(now).command.has_value();
    const State state = child_.state();
    // To wait for a processor is no command's fault, however long it takes.
    if (!at_command || state != State::runnable) {
        waited_ += std::min<std::chrono::nanoseconds>(looked_ - looked, look_max);
    }
    if (!at_command && state != State::stopped) return waited_ >= start_patience;
    return child_.used() - used_before_ >= patience_ || waited_ >= idle_factor * patience_;
}

domain::Lost ChildLink::lost(bool stalled, const std::string& why) {
    const UnderWay at = UnderWay::of(child_.under_way());
    domain::Lost lost{at.command, at.folding, stalled, why};
    if (stalled) lost.reason = "no end after " + std::to_string(patience_.count()) + " ms";
    if (lost.reason.empty()) lost.reason = child_.end();  // else it ends with this object
    return lost;
}

std::unique_ptr<ChildLink> Children::take() {
    while (spares_.size() <= settings_.spares) {
        spares_.push_back(std::make_unique<ChildLink>(settings_.arguments, settings_.niceness));
    }
    auto taken = std::move(spares_.front());
    spares_.pop_front();
    return taken;
}

}  // namespace infra::process
