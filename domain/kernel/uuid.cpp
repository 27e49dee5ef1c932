#include "domain/kernel/uuid.hpp"

namespace domain {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef0123456789ABCDEF";
constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

}  // namespace

std::string to_string(const Uuid& uuid) {
    std::string text(form);
    std::size_t at = 0;
    for (const std::uint8_t byte : uuid.bytes) {
        if (text[at] == '-') ++at;
        text[at++] = hex_digits[byte >> 4];
        text[at++] = hex_digits[byte & 15];
    }
    return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
    if (text.size() != form.size()) return std::nullopt;
    Uuid uuid;
    std::size_t count = 0;
    for (std::size_t at = 0; at < form.size(); ++at) {
        if (form[at] == '-') {
            if (text[at] != '-') return std::nullopt;
            continue;
        }
        const std::size_t digit = hex_digits.find(text[at]);
        if (digit == hex_digits.npos) return std::nullopt;
        std::uint8_t& byte = uuid.bytes[count++ / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | (digit & 15));
    }
    return uuid;
}

}  // namespace domain
