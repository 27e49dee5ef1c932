#include "domain/kernel/uuid.hpp"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

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

std::string named_uuid(std::string_view within, std::string_view name) {
    const auto space = boost::uuids::string_generator()(within.begin(), within.end());
    const boost::uuids::name_generator_sha1 generate(space);
    return boost::uuids::to_string(generate(name.data(), name.size()));
}

}  // namespace domain
