#include "infra/runtime/crew.hpp"

namespace infra::runtime {

Crew::~Crew() { stop_.request_stop(); }

void Crew::start(std::function<void(const std::stop_token&)> run) {
    threads_.emplace_back([this, run = std::move(run)] {
        try {
            run(stop_.get_token());
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!failure_) failure_ = std::current_exception();
            stop_.request_stop();
        }
    });
}

void Crew::join() {
    threads_.clear();
    if (failure_) std::rethrow_exception(failure_);
}

}  // namespace infra::runtime
