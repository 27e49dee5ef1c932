#pragma once

#include "domain/kernel/envelope.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

/// RFC 3339, UTC, microseconds: "2026-01-31T12:00:00.000001Z".
std::string to_string(Timestamp time);
std::optional<Timestamp> parse_timestamp(std::string_view text);

/// RFC 3339's full-date: "2026-01-31"; empty if there is no such day in the years 0 to 9999.
std::string to_string(std::chrono::year_month_day date);
std::optional<std::chrono::year_month_day> parse_date(std::string_view text);

}  // namespace domain
