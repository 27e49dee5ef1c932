#include "infra/crypto/record_mac.hpp"

#include <array>
#include <cstdint>

namespace infra::crypto {
namespace {

constexpr std::string_view hex = "0123456789abcdef";
constexpr unsigned char no_digit = 16;

/// What each character is worth as a digit.
constexpr auto digit_values = [] {
    std::array<unsigned char, 256> values{};
    values.fill(no_digit);
    for (unsigned char i = 0; i < hex.size(); ++i) values[static_cast<unsigned char>(hex[i])] = i;
    return values;
}();

/// No other use of a key makes bytes that begin so.
constexpr std::string_view purpose = "antiphon record 1\n";

void add(std::string& bytes, std::uint32_t number) {
    std::array<char, 4> little_endian{};
    for (std::size_t i = 0; i < little_endian.size(); ++i)
        little_endian[i] = static_cast<char>(number >> 8 * i & 0xff);
    bytes.append(little_endian.data(), little_endian.size());
}

/// With its length in front, so that no two records make the same bytes. Kafka's own lengths have
/// 31 bits.
void add(std::string& bytes, std::string_view text) {
    add(bytes, static_cast<std::uint32_t>(text.size()));
    bytes += text;
}

}  // namespace

Digest RecordMac::of(const domain::Record& record, std::span<const domain::Header> headers) {
    bytes_ = purpose;
    add(bytes_, record.target.topic);
    add(bytes_, static_cast<std::uint32_t>(record.target.partition));
    add(bytes_, record.key);
    add(bytes_, record.value);
    for (const auto& [name, value] : headers) {
        add(bytes_, name);
        add(bytes_, value);
    }
    return hmac_.of(bytes_);
}

std::string to_string(const Signature& signature) {
    std::array<char, 2 * std::tuple_size_v<Digest>> digits{};
    for (std::size_t i = 0; i < signature.mac.size(); ++i) {
        digits[2 * i] = hex[signature.mac[i] >> 4];
        digits[2 * i + 1] = hex[signature.mac[i] & 15];
    }
    std::string text;
    text.reserve(signature.key_id.size() + 1 + digits.size());
    text += signature.key_id;
    text += '.';
    return text.append(digits.data(), digits.size());
}

std::optional<Signature> parse_signature(std::string_view text) {
    Signature signature;
    const std::size_t digits = 2 * signature.mac.size();
    if (text.size() <= digits || text[text.size() - digits - 1] != '.') return std::nullopt;
    signature.key_id = text.substr(0, text.size() - digits - 1);
    text.remove_prefix(text.size() - digits);
    for (std::size_t i = 0; i < digits; ++i) {
        const unsigned char value = digit_values[static_cast<unsigned char>(text[i])];
        if (value == no_digit) return std::nullopt;
        signature.mac[i / 2] = static_cast<unsigned char>(signature.mac[i / 2] << 4 | value);
    }
    return signature;
}

}  // namespace infra::crypto
