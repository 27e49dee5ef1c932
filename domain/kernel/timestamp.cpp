#include "domain/kernel/timestamp.hpp"

#include "domain/kernel/number.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace domain {
namespace {

/// The number that stands in `width` digits at `begin`, or nothing. No sign and no space pass.
std::optional<int> digits(std::string_view text, std::size_t begin, std::size_t width) {
    if (begin + width > text.size()) return std::nullopt;
    text = text.substr(begin, width);
    if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    return parse_number<int>(text);
}

/// What of `text` follows the fraction of the second, which is added to `time`; what is finer than
/// a microsecond is cut off.
std::optional<std::string_view> take_fraction(std::string_view text, Timestamp& time) {
    if (!text.starts_with('.')) return text;
    auto end = std::min(text.find_first_not_of("0123456789", 1), text.size());
    if (end == 1) return std::nullopt;
    std::string micros(text.substr(1, end - 1));
    micros.resize(6, '0');
    time += std::chrono::microseconds(*digits(micros, 0, 6));
    return text.substr(end);
}

/// How far local time is ahead of UTC: "Z" or "+01:00".
std::optional<std::chrono::minutes> parse_offset(std::string_view text) {
    if (text == "Z") return std::chrono::minutes(0);
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return std::nullopt;
    auto hours = digits(text, 1, 2);
    auto minutes = digits(text, 4, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    std::chrono::minutes offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    return text[0] == '-' ? -offset : offset;
}

bool has_text(std::chrono::year_month_day date) {
    return date.ok() && date.year() >= std::chrono::year(0) &&
           date.year() <= std::chrono::year(9999);
}

constexpr std::size_t date_bytes = std::string_view("0000-00-00").size();

}  // namespace

std::string to_string(Timestamp time) {
    auto day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day date(day);
    std::chrono::hh_mm_ss clock(time - day);
    std::array<char, 64> text{};
    auto length = std::snprintf(
        text.data(),
        text.size(),
        "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()),
        static_cast<int>(clock.subseconds().count())
    );
    return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
    constexpr std::string_view form = "0000-00-00T00:00:00";
    if (text.size() < form.size()) return std::nullopt;
    for (std::size_t i : {4u, 7u, 10u, 13u, 16u})
        if (text[i] != form[i]) return std::nullopt;
    auto year = digits(text, 0, 4);
    auto month = digits(text, 5, 2);
    auto day = digits(text, 8, 2);
    auto hour = digits(text, 11, 2);
    auto minute = digits(text, 14, 2);
    auto second = digits(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    std::chrono::year_month_day date{
        std::chrono::year(*year),
        std::chrono::month(static_cast<unsigned>(*month)),
        std::chrono::day(static_cast<unsigned>(*day)),
    };
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;

    Timestamp time = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                     std::chrono::minutes(*minute) + std::chrono::seconds(*second);
    auto rest = take_fraction(text.substr(form.size()), time);
    if (!rest) return std::nullopt;
    auto offset = parse_offset(*rest);
    if (!offset) return std::nullopt;
    time -= *offset;

    // What an offset takes out of the years 0 to 9999 has no text (RFC 3339, section 1).
    if (!has_text(std::chrono::floor<std::chrono::days>(time))) return std::nullopt;
    return time;
}

std::string to_string(std::chrono::year_month_day date) {
    if (!has_text(date)) return "";
    return to_string(Timestamp(std::chrono::sys_days(date))).substr(0, date_bytes);
}

std::optional<std::chrono::year_month_day> parse_date(std::string_view text) {
    if (text.size() != date_bytes) return std::nullopt;
    const auto time = parse_timestamp(std::string(text).append("T00:00:00Z"));
    if (!time) return std::nullopt;
    return std::chrono::floor<std::chrono::days>(*time);
}

}  // namespace domain
