#pragma once

#include "domain/kernel/envelope.hpp"
#include "gateway/http/message.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

/// What a request asks of the past, in its query.
namespace gateway::aggregates {

/// When an aggregate is to be shown; where neither is said, now.
struct Moment {
    std::optional<domain::StreamVersion> version{};  ///< `?version=`: after so many events,
    std::optional<domain::Timestamp> time{};         ///< or `?at=`: at that time
};

bool is_moment(std::string_view parameter);
/// Or the 400 to answer with.
std::variant<Moment, http::Response> read_moment(const http::Request& request);

/// Which of its events are to be listed.
struct EventsWanted {
    static constexpr std::size_t limit_max = 200;  ///< as many as a page of a stream
    domain::StreamVersion after{};                 ///< `?after=`: behind this one
    std::size_t limit = limit_max;                 ///< `&limit=`
};

bool is_of_events(std::string_view parameter);
/// Or the 400 to answer with.
std::variant<EventsWanted, http::Response> read_events_wanted(const http::Request& request);

}  // namespace gateway::aggregates
