#pragma once

#include "domain/ports/decider.hpp"
#include "infra/process/child_process.hpp"
#include "infra/process/frames.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace infra::process {

/// Nothing yet, a frame that lives until the next wait, or no answer any more.
using Heard = std::variant<domain::Working, Frame, domain::Lost>;

/// A process that runs the code of aggregates, and what is said with it: see serve.hpp for its
/// side. What it is at stands in the shared page, so its end, or its silence, is the fault of one
/// thing. After Lost it is of no more use. Used by the thread that made it.
class ChildLink {
  public:
    ChildLink(const std::vector<std::string>& arguments, int niceness)
        : child_(arguments, niceness) {}

    /// From now on it may stay this long at each thing that it says it is at.
    void begin(std::chrono::milliseconds patience);

    void say(std::string frame);

    /// Waits for something to happen, at most `timeout`.
    Heard wait(std::chrono::milliseconds timeout);

    /// It is given up, since it answers what cannot be.
    domain::Lost gives_nonsense(const std::string& why);

  private:
    using Clock = std::chrono::steady_clock;

    bool exchange(std::chrono::milliseconds timeout);
    bool receive();
    bool stalled();
    domain::Lost lost(bool stalled, const std::string& why);

    ChildProcess child_;
    std::string unsent_;
    FrameReader reader_;
    // How long it has been at the same thing:
    std::chrono::milliseconds patience_{};
    std::uint64_t under_way_ = 0;
    std::chrono::nanoseconds used_before_{};
    std::chrono::nanoseconds waited_{};
    Clock::time_point looked_{};
};

struct ChildrenSettings {
    std::vector<std::string> arguments;  ///< of the program
    std::size_t spares = 0;  ///< that are there already: to start one takes longer than a user
                             ///< should notice
    int niceness = 0;        ///< by how much others go before them
};

/// Starts them. Used by the thread that uses them.
class Children {
  public:
    explicit Children(ChildrenSettings settings) : settings_(std::move(settings)) {}

    std::unique_ptr<ChildLink> take();

  private:
    ChildrenSettings settings_;
    std::deque<std::unique_ptr<ChildLink>> spares_;
};

}  // namespace infra::process
