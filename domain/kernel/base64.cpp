#include "domain/kernel/base64.hpp"

#include <cstdint>

namespace domain {
namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

void add_base64(std::string& text, std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto byte = [&](std::size_t at) -> std::uint32_t {
            return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
        };
        const std::uint32_t three = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
        const std::size_t left = bytes.size() - i;
        for (std::size_t n = 0; n < 4; ++n)
            text += n <= left ? base64_digits[three >> (18 - 6 * n) & 0x3fU] : '=';
    }
}

std::optional<std::string> parse_base64(std::string_view text) {
    std::string bytes;
    if (text.size() % 4 != 0) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::uint32_t three = 0;
        std::size_t given = 0;
        for (std::size_t n = 0; n < 4; ++n) {
            const auto value = base64_digits.find(text[i + n]);
            three <<= 6U;
            if (value == base64_digits.npos) continue;
            three |= static_cast<std::uint32_t>(value);
            ++given;
        }
        for (std::size_t n = 0; n + 1 < given; ++n)
            bytes += static_cast<char>(three >> (16 - 8 * n) & 0xffU);
    }
    std::string again;
    add_base64(again, bytes);
    if (again != text) return std::nullopt;
    return bytes;
}

}  // namespace domain
