#include "infra/runtime/system_clock.hpp"

namespace infra::runtime {

domain::Timestamp SystemClock::now() const {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::chrono::milliseconds SystemClock::elapsed() const {
    return std::chrono::floor<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch()
    );
}

}  // namespace infra::runtime
