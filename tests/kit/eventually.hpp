#pragma once

#include <chrono>
#include <thread>

namespace kit {

/// Asks until `happened()`, at most `deadline`; true if it did. The one place where tests wait.
template <class Happened>
bool eventually(Happened happened, std::chrono::milliseconds deadline = std::chrono::seconds(30)) {
    auto end = std::chrono::steady_clock::now() + deadline;
    while (!happened()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

}  // namespace kit
