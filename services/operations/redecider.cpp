#include "services/operations/redecider.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/outcome.hpp"
#include "domain/kernel/topics.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace services::operations {
namespace {

using namespace std::chrono_literals;

/// How often a decider may end by itself before that is said.
constexpr int ended_max = 3;

/// The code of how it was answered, where it has no events of its own.
std::string code_of(const StoredAnswer& answer) {
    if (answer.events.size() != 1) return {};
    const auto& event = answer.events.front();
    return event.stream.category == domain::outcome_category ? domain::outcome_code(event.data)
                                                             : std::string();
}

/// The store's, where it refused a key that is still asked for.
std::optional<domain::Verdict>
refusal_of(const StoredAnswer& answer, const domain::Verdict& verdict) {
    const auto* events = std::get_if<std::vector<domain::NewEvent>>(&verdict.what);
    if (!events || code_of(answer) != domain::taken("").code) return std::nullopt;
    for (const auto& event : *events)
        for (const auto& change : event.keys) {
            if (change.what != domain::KeyChange::What::takes) continue;
            const domain::Rejection refusal = domain::taken(change.scope);
            if (answer.events.front().data ==
                domain::rejected(answer.command.command, refusal).data)
                return domain::Verdict{verdict.before, refusal};
        }
    return std::nullopt;
}

}  // namespace

Redecider::Redecider(
    domain::Deciders& deciders,
    domain::EventLog& events,
    const OtherPasts& pasts,
    RedeciderSettings settings
)
    : deciders_(deciders),
      events_(events),
      pasts_(pasts),
      settings_(settings),
      lanes_(settings.deciders) {}

std::size_t Redecider::lane_of(const domain::StreamId& stream) const {
    return static_cast<std::size_t>(domain::key_hash(stream.entity)) % lanes_.size();
}

void Redecider::begin(std::span<const StoredAnswer> page, domain::Position done) {
    if (std::exchange(open_, true)) abandon();
    page_ = page;
    done_ = done;
    nonsense_ = false;
    doomed_.assign(page.size(), std::nullopt);
    stored_.clear();
    for (const StoredAnswer& answer : page) {
        if (answer.events.empty()) continue;
        const auto& first = answer.events.front();
        stored_.try_emplace(first.stream, domain::StreamVersion{first.version.value - 1});
    }
    for (std::size_t i = 0; i < page.size(); ++i) {
        const auto unreadable = unreadable_.find(page[i].command.command.stream);
        if (unreadable != unreadable_.end()) doomed_[i] = domain::Verdict{{}, unreadable->second};
        // That was no decision of an aggregate.
        if (code_of(page[i]) == "skipped")
            doomed_[i] = domain::Verdict{{}, domain::Failure{"skipped", "by the operator"}};
    }
    begin_all();
}

void Redecider::begin_all() {
    verdicts_.assign(page_.size(), domain::Verdict{});
    for (Lane& lane : lanes_) lane.commands.clear();
    for (std::size_t i = 0; i < page_.size(); ++i) {
        if (page_[i].what == StoredAnswer::Command::removed) continue;
        lanes_[lane_of(page_[i].command.command.stream)].commands.push_back(i);
    }
    for (Lane& lane : lanes_) begin(lane);
}

void Redecider::begin(Lane& lane) {
    std::erase_if(lane.commands, [&](std::size_t i) {
        if (doomed_[i]) verdicts_[i] = *doomed_[i];
        return doomed_[i].has_value();
    });
    lane.busy = !lane.commands.empty();
    if (!lane.busy) return;
    if (!lane.decider) lane.decider = deciders_.take();
    std::vector<domain::StoredCommand> batch;
    batch.reserve(lane.commands.size());
    for (const std::size_t i : lane.commands) batch.push_back(page_[i].command);
    lane.decider->begin(batch, {}, settings_.patience);
}

/// What was decided of a page that has come to nothing is to be forgotten.
void Redecider::abandon() {
    for (Lane& lane : lanes_) {
        lane.busy = false;
        lane.decider.reset();
        lane.reader.reset();
    }
}

std::optional<std::vector<domain::Verdict>> Redecider::finish() {
    do {
        while (any_busy()) {
        }
        if (nonsense_) return std::nullopt;
    } while (!refusals_kept());
    open_ = false;
    return std::move(verdicts_);
}

/// The first of those that work is waited for, and the others are looked after meanwhile.
bool Redecider::any_busy() {
    bool busy = false;
    for (Lane& lane : lanes_) {
        if (!lane.busy || nonsense_) continue;
        go_on(lane, busy ? 0ms : 1ms);
        busy = true;
    }
    return busy;
}

void Redecider::go_on(Lane& lane, std::chrono::milliseconds timeout) {
    domain::Progress progress = lane.decider->wait(timeout);
    if (const auto* wanted = std::get_if<domain::Wanted>(&progress)) {
        give(lane, *wanted);
    } else if (auto* verdicts = std::get_if<domain::Verdicts>(&progress)) {
        ended_ = 0;
        for (std::size_t i = 0; i < lane.commands.size(); ++i)
            verdicts_[lane.commands[i]] = std::move((*verdicts)[i]);
        lane.busy = false;
    } else if (const auto* gone = std::get_if<domain::Lost>(&progress)) {
        lost(lane, *gone);
    }
}

void Redecider::give(Lane& lane, const domain::Wanted& wanted) {
    if (!wanted.streams.empty()) {
        std::vector<Past> pasts;
        for (const auto& stream : wanted.streams) {
            Past past = pasts_.past(stream, stored_of(stream));
            // Of most that are new nothing needs to be asked.
            const bool none = past.stored && past.stored->value == 0 && past.then.empty();
            if (!none) pasts.push_back(std::move(past));
        }
        lane.reader.emplace(events_, size_, std::move(pasts), done_);
    }
    const auto page = lane.reader->next();
    lane.decider->give(page, lane.reader->done());
}

/// Where the first of its stored events on this page says what came before.
std::optional<domain::StreamVersion> Redecider::stored_of(const domain::StreamId& stream) const {
    if (settings_.from_the_first && done_.value == 0) return domain::StreamVersion{0};
    const auto found = stored_.find(stream);
    return found == stored_.end() ? std::nullopt : std::optional(found->second);
}

void Redecider::lost(Lane& lane, const domain::Lost& lost) {
    const auto commands = lane.commands;
    lane.busy = false;
    lane.decider.reset();
    lane.reader.reset();
    if (!lost.command && !lost.nonsense) {
        if (++ended_ >= ended_max)
            throw domain::WorldError("deciders end by themselves: " + lost.reason);
        return begin(lane);
    }
    ended_ = 0;
    if (!lost.command && commands.size() > 1) {
        nonsense_ = true;
        return;
    }
    const std::size_t suspect = commands[lost.command.value_or(0)];
    const char* code = lost.folding ? "unreadable-history" : lost.stalled ? "timed-out" : "crashed";
    const domain::Failure failure{code, lost.reason};
    const domain::Verdict verdict{{}, failure};
    const domain::StreamId& stream = page_[suspect].command.command.stream;
    doomed_[suspect] = verdict;
    if (lost.folding) {
        unreadable_.emplace(stream, failure);
        for (const std::size_t i : commands)
            if (page_[i].command.command.stream == stream) doomed_[i] = verdict;
    }
    begin(lane);
}

/// Whose key the store has refused keeps to that while it asks for one of that scope: which of two
/// aggregates was first is a matter of their partitions, and nothing that a build decides. Of each
/// aggregate the first one alone, since the next ones were decided on top of it.
bool Redecider::refusals_kept() {
    std::set<domain::StreamId> refused;
    for (std::size_t i = 0; i < page_.size(); ++i) {
        const domain::CommandEnvelope& command = page_[i].command.command;
        if (refused.contains(command.stream)) continue;
        if (auto refusal = refusal_of(page_[i], verdicts_[i])) {
            doomed_[i] = std::move(refusal);
            refused.insert(command.stream);
        }
    }
    if (refused.empty()) return true;
    // One that has nothing of this page still has what it decided of the last.
    for (Lane& lane : lanes_)
        if (lane.decider && !lane.commands.empty()) lane.decider->undo();
    begin_all();
    return false;
}

}  // namespace services::operations
