#include "gateway/commands/intake.hpp"

#include <utility>

namespace gateway::commands {

Intake::Intake(
    domain::CommandLog& log,
    domain::AppendNotifier& notifier,
    const domain::Clock& clock,
    IntakeSettings settings
)
    : log_(log), notifier_(notifier), clock_(clock), settings_(settings) {}

std::optional<Refusal>
Intake::offer(domain::NewCommand command, std::function<void(IntakeAnswer)> answer) {
    Asked asked{
        std::move(answer),
        clock_.elapsed() + settings_.answer_timeout,
        command.command.data.size(),
    };
    {
        const std::lock_guard lock(mutex_);
        if (const auto refused = refusal(command.command)) return refused;
        const std::string user = domain::user_key(command.command.issuer);
        const std::size_t bytes = asked.bytes;
        asked_bytes_ += bytes;
        asked_.emplace(command.command.id, std::move(asked));
        waiting_.push(user, std::move(command), bytes);
    }
    changed_.notify_one();
    return std::nullopt;
}

std::optional<Refusal> Intake::refusal(const domain::CommandEnvelope& command) const {
    if (closed_) return Refusal::closed;
    if (asked_.contains(command.id)) return Refusal::in_flight;

    const std::size_t bytes = command.data.size();
    if (asked_.size() >= settings_.waiting_max) return Refusal::overloaded;
    if (asked_bytes_ + bytes > settings_.waiting_max_bytes) return Refusal::overloaded;

    const auto share = waiting_.share_of(domain::user_key(command.issuer));
    if (share.count == 0) return std::nullopt;  // the first one is no flood, however large
    const auto of = [this](std::size_t all) {
        return all * settings_.waiting_max_per_user_percent / 100;
    };
    if (share.count >= of(settings_.waiting_max) ||
        share.bytes + bytes > of(settings_.waiting_max_bytes))
        return Refusal::user_overloaded;
    return std::nullopt;
}

bool Intake::full() const {
    const std::lock_guard lock(mutex_);
    return !closed_ && asked_.size() >= settings_.waiting_max;
}

bool Intake::step() {
    expire();
    fill_batch();
    if (batch_.empty()) return false;
    const std::vector<domain::Acceptance> acceptances = log_.append(batch_);
    notifier_.appended(domain::Log::commands);
    answer_batch(acceptances);
    return true;
}

/// Adds to what an earlier step could not append.
void Intake::fill_batch() {
    const std::lock_guard lock(mutex_);
    // Nobody waits for the late ones, and one that the store will never take would stop all others.
    std::erase_if(batch_, [this](const domain::NewCommand& kept) { return forget_late(kept); });
    std::size_t bytes = 0;
    for (const domain::NewCommand& kept : batch_) bytes += kept.command.data.size();
    while (!waiting_.empty() && batch_.size() < settings_.batch_max) {
        if (forget_late(waiting_.front())) {
            waiting_.pop();
            continue;
        }
        bytes += waiting_.front().command.data.size();
        if (!batch_.empty() && bytes > settings_.batch_max_bytes) return;
        batch_.push_back(waiting_.pop());
    }
}

/// True if this command was answered for being late.
bool Intake::forget_late(const domain::NewCommand& command) {
    const auto asked = asked_.find(command.command.id);
    if (asked->second.answer) return false;
    forget(asked);
    return true;
}

void Intake::answer_batch(std::span<const domain::Acceptance> acceptances) {
    std::vector<std::function<void(IntakeAnswer)>> answers;
    answers.reserve(batch_.size());
    {
        const std::lock_guard lock(mutex_);
        for (const domain::NewCommand& stored : batch_) {
            const auto asked = asked_.find(stored.command.id);
            answers.push_back(std::move(asked->second.answer));
            forget(asked);
        }
    }
    batch_.clear();
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (answers[i]) answers[i](acceptances[i]);
    }
}

void Intake::forget(AskedById::iterator asked) {
    asked_bytes_ -= asked->second.bytes;
    asked_.erase(asked);
}

void Intake::expire() {
    const auto now = clock_.elapsed();
    std::vector<std::function<void(IntakeAnswer)>> late;
    {
        const std::lock_guard lock(mutex_);
        if (now < next_expiry_) return;
        next_expiry_ =
            now + settings_.answer_timeout / 16;  // to look at all costs too much each time
        for (auto& [id, asked] : asked_) {
            if (asked.answer && asked.deadline <= now)
                late.push_back(std::exchange(asked.answer, nullptr));
        }
    }
    for (const auto& answer : late) answer(std::nullopt);
}

void Intake::wait(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, timeout, [this] { return closed_ || !waiting_.empty(); });
}

void Intake::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
}

bool Intake::idle() const {
    const std::lock_guard lock(mutex_);
    return asked_.empty();
}

}  // namespace gateway::commands
