#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace domain {

/// The number that `text` is, from its first character to its last, or nothing.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const char* end = text.data() + text.size();
    auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || rest != end) return std::nullopt;
    return number;
}

}  // namespace domain
