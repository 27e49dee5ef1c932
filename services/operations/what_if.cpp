#include "services/operations/what_if.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/outcome.hpp"
#include "domain/kernel/version_at.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace services::operations {
namespace {

/// How often a state may be lost before it is not tried again.
constexpr int tries_max = 5;

constexpr std::size_t types_max = 5;  ///< that are named

using Events = std::vector<domain::NewEvent>;

std::string with_code(std::string_view outcome, const std::string& code) {
    return std::string(outcome) + (code.empty() ? "" : ' ' + code);
}

std::string applied(const Events& events) {
    std::string types;
    for (std::size_t i = 0; i < std::min(events.size(), types_max); ++i)
        types += (i == 0 ? "" : ", ") + events[i].type;
    if (events.size() > types_max)
        types += " and " + std::to_string(events.size() - types_max) + " more";
    return "applied: " + types;
}

/// The events of its aggregate.
Events events_of(const StoredAnswer& answer) {
    Events events;
    for (const auto& event : answer.events)
        if (event.stream == answer.command.command.stream)
            events.push_back({event.type, event.data});
    return events;
}

std::string outcome_of(const StoredAnswer& answer, const Events& events) {
    if (answer.what == StoredAnswer::Command::inserted) return "inserted";
    if (!events.empty()) return applied(events);
    const auto& outcome = answer.events.front();
    return with_code(outcome.type, domain::outcome_code(outcome.data));
}

std::string outcome_of(const StoredAnswer& answer, const domain::Verdict& verdict) {
    if (answer.what == StoredAnswer::Command::removed) return "removed";
    if (const auto* no = std::get_if<domain::Rejection>(&verdict.what))
        return with_code(domain::outcome_rejected, no->code);
    if (const auto* failure = std::get_if<domain::Failure>(&verdict.what))
        return with_code(domain::outcome_failed, failure->code);
    const auto& events = std::get<Events>(verdict.what);
    return events.empty() ? std::string(domain::outcome_unchanged) : applied(events);
}

bool same_json(const domain::Payload& one, const domain::Payload& other) {
    if (one == other) return true;
    using Json = nlohmann::json;
    const auto first = Json::parse(one, nullptr, false);
    const auto second = Json::parse(other, nullptr, false);
    return !first.is_discarded() && !second.is_discarded() && first == second;
}

bool same(const Events& some, const Events& others) {
    return std::ranges::equal(some, others, [](const auto& one, const auto& other) {
        return one.type == other.type && same_json(one.data, other.data);
    });
}

bool same(const StateDifference::End& one, const StateDifference::End& other) {
    if (one.state.empty() || other.state.empty())
        return one.state == other.state && one.unreadable == other.unreadable;
    return same_json(one.state, other.state);
}

}  // namespace

WhatIf::WhatIf(const WhatIfParts& parts, WhatIfSettings settings, TellDifferences tell)
    : parts_(parts),
      settings_(std::move(settings)),
      tell_(std::move(tell)),
      pasts_(settings_.diverged_max) {
    for (const auto& command : settings_.patch.removed) removed_.insert(command.position);
}

bool WhatIf::step(std::size_t most) {
    if (!redecider_) begin();
    if (at_ == to_) return next_state();
    decide(most);
    return true;
}

Advance WhatIf::advance() const {
    return {at_.value - from_.value + ends_, to_.value - from_.value + diverged()};
}

void WhatIf::begin() {
    const domain::Position head = parts_.audit.bounds(domain::Log::commands).head;
    const auto& [from, to] = settings_.commands;
    to_ = to ? std::min(position_of(*to), head) : head;
    from_ = {0};
    if (from)
        from_.value =
            std::holds_alternative<domain::Timestamp>(*from)
                ? position_at(std::get<domain::Timestamp>(*from) - std::chrono::microseconds(1))
                      .value
                : position_of(*from).value - 1;
    if (from_ >= to_)
        throw domain::SetupError(
            "there are no such commands: the log has those from 1 to " + std::to_string(head.value)
        );
    check_patch();
    at_ = from_;
    redecider_.emplace(
        parts_.deciders,
        parts_.events,
        pasts_,
        RedeciderSettings{settings_.deciders, settings_.patience, from_.value == 0}
    );
}

/// What it says would else come to nothing, unnoticed.
void WhatIf::check_patch() const {
    const auto check = [&](domain::Position at,
                           bool behind_from,
                           const domain::CommandEnvelope& command,
                           const char* what) {
        if (!behind_from || at > to_)
            throw domain::SetupError(
                what + std::to_string(at.value) + ", and only those from " +
                std::to_string(first().value) + " to " + std::to_string(to_.value) +
                " are decided again"
            );
        const std::string& category = command.stream.category;
        if (!settings_.category.empty() && category != settings_.category)
            throw domain::SetupError(
                what + std::to_string(at.value) + ", of " + category + ", and only those of " +
                settings_.category + " are decided again"
            );
    };
    for (const auto& [position, command] : settings_.patch.removed)
        check(position, from_ < position, command, "a command is to be removed at ");
    for (const auto& [after, command] : settings_.patch.inserted)
        check(after, from_ <= after, command, "a command is to be inserted behind ");
}

domain::Position WhatIf::position_of(const Bound& bound) {
    if (const auto* time = std::get_if<domain::Timestamp>(&bound)) return position_at(*time);
    return {std::get<domain::StreamVersion>(bound).value};
}

/// Gateways tell the time apart from each other, so this is a matter of moments.
domain::Position WhatIf::position_at(domain::Timestamp time) {
    const auto time_of = [&](domain::StreamVersion position) -> std::optional<domain::Timestamp> {
        const auto found = parts_.commands.read({position.value - 1}, 1);
        return found.empty() ? std::nullopt : std::optional(found.front().command.time);
    };
    return {domain::version_at(time, time_of).value};
}

WhatIf::Page WhatIf::read(domain::Position after, std::size_t most) {
    auto commands = parts_.commands.read(after, std::clamp<std::size_t>(most, 1, size_.next()));
    std::erase_if(commands, [&](const auto& command) { return command.position > to_; });
    Page page{commands.empty() ? to_ : commands.back().position, {}};
    auto events = parts_.audit.answer_events(after, page.up_to);
    std::size_t bytes = 0;
    auto event = events.begin();
    if (after == from_) add_inserted(after, page.answers);
    for (auto& command : commands) {
        const domain::Position position = command.position;
        StoredAnswer answer{StoredAnswer::Command::stored, std::move(command), {}};
        bytes += answer.command.command.data.size();
        while (event != events.end() && event->command_position < position) ++event;
        for (; event != events.end() && event->command_position == position; ++event) {
            bytes += event->data.size();
            answer.events.push_back(std::move(*event));
        }
        if (removed_.contains(position)) answer.what = StoredAnswer::Command::removed;
        page.answers.push_back(std::move(answer));
        add_inserted(position, page.answers);
    }
    if (!commands.empty()) size_.came(commands.size(), bytes);
    if (!settings_.category.empty())
        std::erase_if(page.answers, [&](const StoredAnswer& answer) {
            return answer.command.command.stream.category != settings_.category;
        });
    return page;
}

void WhatIf::add_inserted(domain::Position behind, std::vector<StoredAnswer>& answers) const {
    const auto& all = settings_.patch.inserted;
    for (const auto& inserted : std::ranges::equal_range(all, behind, {}, &InsertedCommand::after))
        answers.push_back({StoredAnswer::Command::inserted, {behind, inserted.command}, {}});
}

/// What follows a pending command of an aggregate was not decided without it.
void WhatIf::leave_out_pending(std::vector<StoredAnswer>& answers) {
    std::erase_if(answers, [&](const StoredAnswer& answer) {
        const auto& stream = answer.command.command.stream;
        if (answer.events.empty() && answer.what != StoredAnswer::Command::inserted)
            pending_of_.insert(stream);
        const bool left_out = pending_of_.contains(stream);
        pending_ += left_out ? 1 : 0;
        return left_out;
    });
}

void WhatIf::decide(std::size_t most) {
    if (!page_) page_ = read(at_, most);
    auto& answers = page_->answers;
    leave_out_pending(answers);
    redecider_->begin(answers, at_);
    std::optional<Page> next;
    if (page_->up_to < to_) next = read(page_->up_to, most);
    if (auto verdicts = redecider_->finish()) {
        for (std::size_t i = 0; i < answers.size(); ++i)
            compare(answers[i], std::move((*verdicts)[i]));
    } else {
        decide_one_by_one();
    }
    at_ = page_->up_to;
    page_ = std::move(next);
}

/// What is done leaves the page: where the store is away, what is left is decided once more.
void WhatIf::decide_one_by_one() {
    auto& answers = page_->answers;
    while (!answers.empty()) {
        redecider_->begin(std::span(answers).first(1), at_);
        auto verdicts = redecider_->finish();
        if (!verdicts) throw domain::WorldError("a decider answers nonsense of one command");
        compare(answers.front(), std::move(verdicts->front()));
        at_ = answers.front().command.position;
        answers.erase(answers.begin());
    }
}

void WhatIf::compare(const StoredAnswer& answer, domain::Verdict verdict) {
    const domain::StreamId& stream = answer.command.command.stream;
    Events before = events_of(answer);
    const std::string outcome_before = outcome_of(answer, before);
    const std::string outcome_after = outcome_of(answer, verdict);
    auto* decided = std::get_if<Events>(&verdict.what);
    Events after = decided ? std::move(*decided) : Events{};
    ++decided_;
    compared_ += static_cast<std::int64_t>(answer.events.size());
    const bool same_events = same(before, after);
    if (!same_events && !pasts_.contains(stream))
        pasts_.branch(
            stream,
            before.empty() ? verdict.before
                           : domain::StreamVersion{answer.events.front().version.value - 1}
        );
    if (pasts_.contains(stream)) pasts_.add(stream, after);
    if (same_events && outcome_before == outcome_after) return;
    ++differences_;
    tell_.answer(
        {answer.command, outcome_before, outcome_after, std::move(before), std::move(after)}
    );
}

bool WhatIf::next_state() {
    const auto next = pasts_.all().upper_bound(ended_);
    if (next == pasts_.all().end()) return false;
    const auto& stream = next->first;
    StateDifference ends{
        stream, end_of({stream, std::nullopt}), end_of(pasts_.past(stream, std::nullopt))};
    ended_ = stream;
    ++ends_;
    if (same(ends.before, ends.after)) return true;
    ++differences_;
    tell_.state(ends);
    return true;
}

StateDifference::End WhatIf::end_of(const Past& past) {
    for (int anew = 0; anew <= tries_max; ++anew) {
        PastReader reader(parts_.events, fold_size_, {past}, to_);
        StateDifference::End end;
        bool lost = false;
        for (bool done = false; !done && !lost;) {
            const auto page = reader.next();
            done = reader.done();
            if (page.empty()) continue;
            auto answer = parts_.folder.fold(past.stream, end.version, page, true);
            end.version = page.back().version;
            if (auto* state = std::get_if<domain::Payload>(&answer)) {
                end.state = std::move(*state);
            } else if (auto* unreadable = std::get_if<domain::Unreadable>(&answer)) {
                return {end.version, {}, std::move(unreadable->reason)};
            } else {
                lost = true;
            }
        }
        parts_.folder.snapshots();  // a state of what never was is none to keep
        if (!lost) return end;
    }
    throw domain::SetupError(
        "the state is lost sooner than it is folded; raise worker.decider_memory_max_megabytes"
    );
}

}  // namespace services::operations
