#include "tests/simulation/retrier.hpp"

namespace simulation {

void Retrier::look(bool may_begin) {
    if (idle() && !(may_begin && random_.below(200) == 0)) return;
    step();
}

void Retrier::start() {
    retry_ = std::make_unique<services::operations::DeadLetterRetry>(
        store_.dead_letters,
        "",
        store_.events.head().position,
        [this](const domain::DeadLetter& letter) {
            world().trace(name(), "retries {}", letter.command.command.id);
        }
    );
}

void Retrier::work() {
    if (!retry_) return start();
    if (!retry_->step(2)) retry_.reset();
}

}  // namespace simulation
