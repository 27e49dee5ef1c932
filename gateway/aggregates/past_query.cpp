#include "gateway/aggregates/past_query.hpp"

#include "domain/kernel/number.hpp"
#include "domain/kernel/timestamp.hpp"
#include "gateway/http/problem.hpp"

#include <cstdint>
#include <limits>

namespace gateway::aggregates {
namespace {

constexpr auto no_end = std::numeric_limits<std::int64_t>::max();

std::optional<std::int64_t>
number_of(std::string_view text, std::int64_t least, std::int64_t most) {
    const auto number = domain::parse_number<std::int64_t>(text);
    return number && *number >= least && *number <= most ? number : std::nullopt;
}

}  // namespace

bool is_moment(std::string_view parameter) { return parameter == "version" || parameter == "at"; }

std::variant<Moment, http::Response> read_moment(const http::Request& request) {
    Moment moment;
    const auto version = request.query_value("version");
    const auto at = request.query_value("at");
    if (version && at)
        return http::problem(400, "two-moments", "Ask for a version or for a time, not for both.");
    if (version) {
        const auto number = number_of(*version, 1, no_end);
        if (!number)
            return http::problem(400, "invalid-version", "A version is a whole number from 1 on.");
        moment.version = domain::StreamVersion{*number};
    }
    if (at) {
        moment.time = domain::parse_timestamp(*at);
        if (!moment.time)
            return http::problem(
                400, "invalid-time", "A time is told with its offset, as 2026-01-31T12:00:00Z."
            );
    }
    return moment;
}

bool is_of_events(std::string_view parameter) {
    return parameter == "after" || parameter == "limit";
}

std::variant<EventsWanted, http::Response> read_events_wanted(const http::Request& request) {
    EventsWanted wanted;
    const auto after = number_of(request.query_value("after").value_or("0"), 0, no_end);
    if (!after) return http::problem(400, "invalid-version", "after is a whole number from 0 on.");
    wanted.after = {*after};
    if (const auto text = request.query_value("limit")) {
        const auto limit = number_of(*text, 1, EventsWanted::limit_max);
        if (!limit)
            return http::problem(400, "invalid-limit", "limit is a whole number from 1 to 200.");
        wanted.limit = static_cast<std::size_t>(*limit);
    }
    return wanted;
}

}  // namespace gateway::aggregates
