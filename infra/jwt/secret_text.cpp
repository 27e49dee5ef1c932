#include "infra/jwt/secret_text.hpp"

#include "domain/kernel/utf8.hpp"
#include "infra/jwt/base64url.hpp"

#include <algorithm>
#include <string>

namespace infra::jwt {
namespace {

/// Is it one value in DER, as keys and certificates are (X.690 8.1), and nothing behind it?
bool is_der(std::string_view bytes) {
    constexpr char sequence = 0x30;
    if (bytes.size() < 2 || bytes[0] != sequence) return false;
    std::size_t length = static_cast<unsigned char>(bytes[1]);
    std::size_t head = 2;
    if (length >= 0x80) {
        const std::size_t digits = length & 0x7f;
        if (digits == 0 || digits > 4 || bytes.size() < 2 + digits) return false;
        length = 0;
        for (; head < 2 + digits; ++head)
            length = length << 8 | static_cast<unsigned char>(bytes[head]);
    }
    return head + length == bytes.size();
}

bool is_der_in_base64(std::string text) {
    while (text.ends_with('=')) text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    const auto bytes = decode_base64url(text);
    return bytes && is_der(*bytes);
}

bool is_line(std::string_view text) {
    constexpr std::string_view of_other_formats = "\"'`<>(){}[]\\";
    return std::ranges::all_of(text, [&](char c) {
        return c > ' ' && c <= '~' && of_other_formats.find(c) == of_other_formats.npos;
    });
}

bool holds_word(std::string_view text, std::string_view word) {
    const auto alike = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
    return !std::ranges::search(text, word, alike).empty();
}

bool is_utf8(std::string_view text) {
    while (const std::size_t length = domain::utf8_length(text)) text.remove_prefix(length);
    return text.empty();
}

bool is_no_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

/// Of random bytes every second one is no ASCII; of a page in Latin-1 few are. Text in UTF-8 is
/// text, however many there are.
bool are_bytes(std::string_view text) {
    const auto high = static_cast<std::size_t>(std::ranges::count_if(text, is_no_ascii));
    return high > text.size() / 8 && !is_utf8(text);
}

bool has_byte_order_mark(std::string_view text) {
    return text.starts_with("\xef\xbb\xbf") || text.starts_with("\xff\xfe") ||
           text.starts_with("\xfe\xff");
}

}  // namespace

bool may_be_secret(std::string_view text) {
    if (std::ranges::any_of(text, is_no_ascii)) {
        return are_bytes(text) && !has_byte_order_mark(text) && !is_der(text);
    }
    return is_line(text) && !holds_word(text, "begin") && !holds_word(text, "://") &&
           !is_der_in_base64(std::string(text));
}

}  // namespace infra::jwt
