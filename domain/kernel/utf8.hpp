#pragma once

#include <cstddef>
#include <string_view>

namespace domain {

/// The bytes of the character that `text` begins with, 1 to 4 (RFC 3629: shortest form, no halves
/// of surrogate pairs); 0 if it begins with none.
constexpr std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const unsigned first = byte(0);
    if (first < 0x80) return text.empty() ? 0 : 1;
    if (first < 0xc2 || first > 0xf4 || !follows(1)) return 0;
    if (first < 0xe0) return 2;
    if (first == 0xe0 && byte(1) < 0xa0) return 0;
    if (first == 0xed && byte(1) > 0x9f) return 0;
    if (!follows(2)) return 0;
    if (first < 0xf0) return 3;
    if (first == 0xf0 && byte(1) < 0x90) return 0;
    if (first == 0xf4 && byte(1) > 0x8f) return 0;
    return follows(3) ? 4 : 0;
}

/// Is it text that people can read: 1 to `bytes_max` bytes of UTF-8 without control characters (C0,
/// DEL, C1)? The same text in two normal forms is two texts.
constexpr bool is_printable(std::string_view text, std::size_t bytes_max) {
    if (text.empty() || text.size() > bytes_max) return false;
    while (!text.empty()) {
        const std::size_t bytes = utf8_length(text);
        const auto first = static_cast<unsigned char>(text.front());
        if (bytes == 0 || first < 0x20 || first == 0x7f) return false;
        if (first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0) return false;
        text.remove_prefix(bytes);
    }
    return true;
}

}  // namespace domain
