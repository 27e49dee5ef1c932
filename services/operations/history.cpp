#include "services/operations/history.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/number.hpp"
#include "domain/kernel/timestamp.hpp"
#include "domain/kernel/version_at.hpp"

#include <algorithm>
#include <span>

namespace services::operations {
namespace {

constexpr std::size_t past_snapshot_bytes_max = 64'000'000;

/// How often the states may be lost before it is not tried again.
constexpr int anew_max = 5;

bool is_time(const std::optional<Bound>& bound) {
    return bound && std::holds_alternative<domain::Timestamp>(*bound);
}

}  // namespace

std::optional<Bound> parse_bound(std::string_view text) {
    if (const auto version = domain::parse_number<std::int64_t>(text); version && *version > 0)
        return domain::StreamVersion{*version};
    if (const auto time = domain::parse_timestamp(text)) return *time;
    return std::nullopt;
}

std::optional<Span> Span::parse(std::string_view text) {
    const auto dots = text.find("..");
    if (dots == text.npos) return std::nullopt;
    const auto from = text.substr(0, dots);
    const auto to = text.substr(dots + 2);
    const Span span{parse_bound(from), parse_bound(to)};
    const bool sound = (from.empty() || span.from) && (to.empty() || span.to);
    return sound && (span.from || span.to) ? std::optional(span) : std::nullopt;
}

bool History::step(std::size_t most) {
    if (!begun_) begin();
    if (told_ == last_) return false;
    const domain::StreamCursor cursor{stream_, {folded_}};
    const auto page =
        parts_.events.read_streams(std::span(&cursor, 1), std::min(most, size_.next()));
    if (page.empty()) throw domain::WorldError("the log has become shorter meanwhile");
    size_.came(page);
    take(page);
    return true;
}

void History::begin() {
    const std::int64_t head = version_at(domain::Timestamp::max());
    if (head == 0)
        throw domain::SetupError("there is no " + stream_.category + ' ' + stream_.entity);
    const auto version = [&](const Bound& bound) {
        if (const auto* time = std::get_if<domain::Timestamp>(&bound)) return version_at(*time);
        return std::get<domain::StreamVersion>(bound).value;
    };
    last_ = span_.to ? std::min(version(*span_.to), head) : head;
    std::int64_t first = span_.from ? version(*span_.from) : 1;
    if (is_time(span_.from) && span_.from != span_.to) {
        const auto from = std::get<domain::Timestamp>(*span_.from);
        first = version_at(from - std::chrono::microseconds(1)) + 1;
    }
    if (first < 1 || first > last_)
        throw domain::SetupError(
            stream_.category + ' ' + stream_.entity +
            " has no event there: it has the versions 1 to " + std::to_string(head)
        );
    before_ = told_ = first - 1;
    restore();
    begun_ = true;
}

void History::restore() {
    const auto found = parts_.snapshots.find(std::span(&stream_, 1), past_snapshot_bytes_max);
    if (found.empty() || found.front().version.value >= before_) return;
    if (parts_.folder.restore(found.front())) folded_ = found.front().version.value;
}

std::int64_t History::version_at(domain::Timestamp time) {
    const auto time_of = [&](domain::StreamVersion version) -> std::optional<domain::Timestamp> {
        const domain::StreamCursor before{stream_, {version.value - 1}};
        const auto events = parts_.events.read_streams(std::span(&before, 1), 1);
        return events.empty() ? std::nullopt : std::optional(events.front().time);
    };
    return domain::version_at(time, time_of).value;
}

/// What was told, or is not to be, in one piece; the rest one by one.
void History::take(std::span<const domain::EventEnvelope> page) {
    const auto done = std::min<std::int64_t>(
        static_cast<std::int64_t>(page.size()), std::max<std::int64_t>(told_ - folded_, 0)
    );
    if (const auto known = page.first(static_cast<std::size_t>(done)); !known.empty()) {
        auto state = fold(known, known.back().version.value == told_);
        if (!state) return;
        state_ = std::move(*state);
    }
    for (const domain::EventEnvelope& event : page.subspan(static_cast<std::size_t>(done))) {
        if (told_ == last_) return;
        auto state = fold(std::span(&event, 1), true);
        if (!state) return;
        Moment moment{event, command_of(event), std::move(state_), std::move(*state)};
        tell_(moment);
        state_ = std::move(moment.state);
        told_ = event.version.value;
    }
}

std::optional<domain::Payload>
History::fold(std::span<const domain::EventEnvelope> events, bool last) {
    auto answer = parts_.folder.fold(stream_, {folded_}, events, last);
    parts_.folder.snapshots();  // a state of the past is none to keep
    if (const auto* unreadable = std::get_if<domain::Unreadable>(&answer))
        throw domain::SetupError(
            stream_.category + ' ' + stream_.entity + ", version " +
            std::to_string(events.back().version.value) +
            ": this build cannot fold it: " + unreadable->reason
        );
    if (std::holds_alternative<domain::Lacking>(answer)) {
        if (++anew_ > anew_max)
            throw domain::SetupError(
                "the state is lost sooner than it is folded; raise "
                "worker.decider_memory_max_megabytes"
            );
        folded_ = 0;
        return std::nullopt;
    }
    folded_ = events.back().version.value;
    return std::get<domain::Payload>(std::move(answer));
}

const std::string& History::command_of(const domain::EventEnvelope& event) {
    if (command_.position != event.command_position) {
        auto found = parts_.commands.read({event.command_position.value - 1}, 1);
        command_ = found.empty() ? domain::StoredCommand{} : std::move(found.front());
        if (command_.position != event.command_position)
            command_ = {event.command_position, domain::CommandEnvelope{}};
    }
    return command_.command.name;
}

}  // namespace services::operations
