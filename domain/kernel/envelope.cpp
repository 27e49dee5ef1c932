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
    return is_printable(key, 511);  // 255 each, and the space
}

std::string event_id(const EventEnvelope& event) {
    return event.command_id + "-" + std::to_string(event.ordinal);
}

}  // namespace domain
