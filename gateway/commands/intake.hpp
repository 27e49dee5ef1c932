#pragma once

#include "domain/ports/append_notices.hpp"
#include "domain/ports/clock.hpp"
#include "domain/ports/command_log.hpp"
#include "gateway/commands/refusal.hpp"
#include "gateway/limits/fair_queue.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace gateway::commands {

struct IntakeSettings {
    std::size_t waiting_max = 2'000;                   ///< commands not yet stored; more get 503
    std::size_t waiting_max_bytes = 64 * 1024 * 1024;  ///< the same, in bytes of their bodies
    std::size_t waiting_max_per_user_percent = 10;     ///< of both, one user's; more get 429
    std::size_t batch_max = 512;                       ///< commands in one append
    std::size_t batch_max_bytes = 4 * 1024 * 1024;     ///< bytes of bodies in one append
    std::chrono::milliseconds answer_timeout{5'000};   ///< then 503, whatever the store does
};

/// What became of a command; nothing: the store did not say in time, so that it may or may not be
/// stored. Sending it again under its key is safe.
using IntakeAnswer = std::optional<domain::Acceptance>;

/// The group commit: whatever waits goes to the command log in one append, and nobody waits for a
/// batch to fill. Where more waits than one batch holds, the users come in turn. offer(), expire(),
/// close() and idle() from any thread; step() and wait() from one.
class Intake {
  public:
    Intake(
        domain::CommandLog& log,
        domain::AppendNotifier& notifier,
        const domain::Clock& clock,
        IntakeSettings settings = {}
    );

    /// Takes a command that has been checked. `answer` is called once, without a lock, on the
    /// thread of step() or expire(), unless it is refused here.
    std::optional<Refusal>
    offer(domain::NewCommand command, std::function<void(IntakeAnswer)> answer);

    /// As many wait as may; asked before a command is made, so that offer() may find otherwise.
    bool full() const;

    /// Appends one batch of what waits, answers it and tells the relay. False: nothing waited.
    /// Throws WorldError when the store is away: the batch is kept and tried again by the next
    /// step.
    bool step();

    /// Answers those that have waited too long. step() does it too, but may hang in the store, so
    /// another thread should do it each second or so.
    void expire();

    /// Waits until something is to do, at most `timeout`.
    void wait(std::chrono::milliseconds timeout);

    /// Refuses every command from now on, and wakes wait().
    void close();

    /// Nothing waits and nothing is under way.
    bool idle() const;

  private:
    struct Asked {
        std::function<void(IntakeAnswer)> answer;  ///< empty once it was answered for being late
        std::chrono::milliseconds deadline{0};
        std::size_t bytes = 0;
    };
    using AskedById = std::unordered_map<std::string, Asked>;

    std::optional<Refusal> refusal(const domain::CommandEnvelope& command) const;
    void fill_batch();
    void answer_batch(std::span<const domain::Acceptance> acceptances);
    bool forget_late(const domain::NewCommand& command);
    void forget(AskedById::iterator asked);

    domain::CommandLog& log_;
    domain::AppendNotifier& notifier_;
    const domain::Clock& clock_;
    const IntakeSettings settings_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    FairQueue<domain::NewCommand> waiting_;
    /// Every command from its offer until it is out of our hands, also when its caller has been
    /// answered for lateness: the same id must not go twice.
    AskedById asked_;
    std::size_t asked_bytes_ = 0;
    std::chrono::milliseconds next_expiry_{0};
    bool closed_ = false;

    std::vector<domain::NewCommand> batch_;  ///< under way; of the thread of step() alone
};

}  // namespace gateway::commands
