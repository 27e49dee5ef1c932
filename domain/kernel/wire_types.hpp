#pragma once

// Types of the kernel and of the standard library that are text in JSON.

#include "domain/kernel/timestamp.hpp"
#include "domain/kernel/uuid.hpp"
#include "domain/kernel/wire_description.hpp"

#include <chrono>

namespace domain {

template <>
inline constexpr auto wire<Uuid> = text<Uuid>(
    "uuid",
    to_string,
    parse_uuid,
    "This must be a UUID, such as \"28737dbe-680a-5b98-b67f-5101cd22b053\"."
);

template <>
inline constexpr auto wire<Timestamp> = text<Timestamp>(
    "date-time",
    [](const Timestamp& time) { return to_string(time); },
    parse_timestamp,
    "This must be a time with its offset, such as \"2026-01-31T12:00:00Z\"."
);

template <>
inline constexpr auto wire<std::chrono::year_month_day> = text<std::chrono::year_month_day>(
    "date",
    [](const std::chrono::year_month_day& date) { return to_string(date); },
    parse_date,
    "This must be a date, such as \"2026-01-31\"."
);

}  // namespace domain
