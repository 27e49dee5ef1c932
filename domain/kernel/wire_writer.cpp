#include "domain/kernel/wire_writer.hpp"

#include "domain/kernel/utf8.hpp"

#include <algorithm>

namespace domain {
namespace {

constexpr std::string_view replacement_character = "\xef\xbf\xbd";

void append_escaped(std::string& text, char c) {
    constexpr std::string_view plain = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    constexpr std::string_view hex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (const std::size_t found = plain.find(c); found != plain.npos) {
        text += {'\\', letters[found]};
    } else if (byte < 0x20) {
        text += {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
    } else {
        text += c;
    }
}

}  // namespace

void JsonWriter::write_string(std::string_view value, const JsonPlace& place) {
    text_ += '"';
    while (!value.empty()) {
        const std::size_t bytes = utf8_length(value);
        if (bytes == 1) {
            append_escaped(text_, value.front());
        } else if (bytes > 1) {
            text_ += value.substr(0, bytes);
        } else {
            text_ += replacement_character;
            fail(place, "its text is not UTF-8: cut inside a character?");
        }
        value.remove_prefix(std::max<std::size_t>(bytes, 1));
    }
    text_ += '"';
}

}  // namespace domain
