#pragma once

#include "domain/kernel/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace domain {

inline constexpr std::size_t name_bytes_max = 100;
inline constexpr std::size_t entity_bytes_max = 256;

namespace names {

/// 1 to 100 letters, digits and `others`; the first is a letter or a digit.
constexpr bool is_word(std::string_view text, std::string_view others) {
    const auto is_alphanumeric = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    return !text.empty() && text.size() <= name_bytes_max && is_alphanumeric(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return is_alphanumeric(c) || others.find(c) != others.npos;
           });
}

}  // namespace names

/// Can it be a segment of a URL and the end of a CloudEvent's type as it is?
constexpr bool is_message_name(std::string_view name) { return names::is_word(name, "._-"); }

/// Can it also be the end of a topic's name? Without a dot, since Kafka has no two topics that only
/// differ by `.` and `_`, and a CloudEvent's type is `<category>.<name>`. `command` is the category
/// that the types of our outcomes have.
constexpr bool is_category(std::string_view category) {
    return names::is_word(category, "_-") && category != "command";
}

/// Can it name an aggregate of a category? Printable text, of which no part between slashes is a
/// dot or two: who reads URLs takes those for other places, also percent-encoded.
constexpr bool is_entity(std::string_view entity) {
    if (!is_printable(entity, entity_bytes_max)) return false;
    for (std::size_t begin = 0; begin <= entity.size();) {
        const std::size_t end = std::min(entity.find('/', begin), entity.size());
        const std::string_view part = entity.substr(begin, end - begin);
        if (part == "." || part == "..") return false;
        begin = end + 1;
    }
    return true;
}

}  // namespace domain
