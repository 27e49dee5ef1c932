#include "infra/runtime/step_loop.hpp"

#include "domain/kernel/error.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace infra::runtime {

void run_until_stopped(
    const Core& core,
    const domain::Clock& clock,
    const std::stop_token& stop,
    const Backoff& backoff
) {
    RepeatedError repeated(std::chrono::seconds(10));
    const auto works = [&](const auto& act) {
        try {
            act();
            return true;
        } catch (const domain::WorldError& error) {
            const auto line = repeated.occurred(error.what(), clock.elapsed());
            if (line) spdlog::warn("{}: {}", core.name, *line);
            return false;
        }
    };
    auto pause = backoff.first;
    while (!stop.stop_requested()) {
        bool busy = false;
        if (works([&] { busy = core.step(); })) {
            pause = backoff.first;
            if (const auto line = repeated.over()) spdlog::info("{}: {}", core.name, *line);
            if (!busy) core.wait();
        } else {
            sleep_unless_stopped(pause, stop);
            pause = std::min(2 * pause, backoff.most);
        }
    }
    works(core.finish);
}

void sleep_unless_stopped(std::chrono::milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, time, [] { return false; });
}

std::optional<std::string>
RepeatedError::occurred(const std::string& message, std::chrono::milliseconds now) {
    ++count_;
    const bool first = count_ == 1 || message != message_;
    if (!first && now - logged_at_ < every_) return {};
    message_ = message;
    logged_at_ = now;
    if (count_ == 1) return message;
    return message + " (failed " + std::to_string(count_) + " times in a row)";
}

std::optional<std::string> RepeatedError::over() {
    if (count_ == 0) return {};
    return "works again after " + std::to_string(std::exchange(count_, 0)) + " failures";
}

}  // namespace infra::runtime
