#include "domain/kernel/envelope.hpp"

namespace domain {

std::string event_id(const EventEnvelope& event) {
    return event.command_id + "-" + std::to_string(event.ordinal);
}

}  // namespace domain
