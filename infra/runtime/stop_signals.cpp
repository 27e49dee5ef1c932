#include "infra/runtime/stop_signals.hpp"

#include <csignal>
#include <unistd.h>

namespace infra::runtime {
namespace {

/// Wakes the waiting thread when the object ends.
constexpr int wake_up = SIGUSR1;

sigset_t watched() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, wake_up);
    return set;
}

}  // namespace

StopSignals::StopSignals() {
    const sigset_t set = watched();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    waiter_ = std::jthread([source = source_, set](const std::stop_token& closing) mutable {
        for (int received = 0; sigwait(&set, &received) == 0 && !closing.stop_requested();) {
            if (received == wake_up) continue;
            if (!source.request_stop()) _exit(128 + received);
        }
    });
}

StopSignals::~StopSignals() {
    waiter_.request_stop();
    pthread_kill(waiter_.native_handle(), wake_up);
}

}  // namespace infra::runtime
