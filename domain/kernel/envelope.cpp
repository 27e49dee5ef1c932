#include "domain/kernel/envelope.hpp"

#include "domain/kernel/utf8.hpp"

namespace domain {

std::string user_key(const Issuer& user) {
    const bool alone = user.token_issuer.empty() && user.subject.find(' ') == std::string::npos;
    return alone ? user.subject : user.token_issuer + ' ' + user.subject;
}

Issuer user_of(std::string_view key) {
    const std::size_t space = key.find(' ');
    if (space == key.npos) return {std::string(key), "{}", {}};
    return {std::string(key.substr(space + 1)), "{}", std::string(key.substr(0, space))};
}

bool is_user_key(std::string_view key) {
    constexpr std::size_t bytes_max = 511;  // 255 each, and the space
    if (key.empty() || key.size() > bytes_max) return false;
    while (!key.empty()) {
        const std::size_t bytes = utf8_length(key);
        const auto first = static_cast<unsigned char>(key.front());
        if (bytes == 0 || first < 0x20 || first == 0x7f) return false;
        key.remove_prefix(bytes);
    }
    return true;
}

std::string event_id(const EventEnvelope& event) {
    return event.command_id + "-" + std::to_string(event.ordinal);
}

}  // namespace domain
