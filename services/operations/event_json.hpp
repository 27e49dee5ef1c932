#pragma once

#include "domain/kernel/envelope.hpp"

#include <string>

namespace services::operations {

/// The event as a CloudEvent in JSON (structured mode), in one line: its attributes as the outside
/// knows them, and what is for operators alone. The data stands as it is stored, but for line
/// breaks between its words.
std::string event_json(const domain::EventEnvelope& event);

/// JSON text in one line: line breaks can only stand between its words.
std::string in_one_line(domain::Payload payload);

}  // namespace services::operations
