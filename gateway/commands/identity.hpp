#pragma once

#include "domain/kernel/envelope.hpp"
#include "domain/ports/token_verifier.hpp"

#include <string>
#include <string_view>

namespace gateway::commands {

/// The same for the same caller and key, on every gateway and for ever (UUIDv5).
std::string command_id(const domain::VerifiedToken& caller, std::string_view idempotency_key);

/// A new one each time, ordered by time (UUIDv7).
std::string new_command_id(domain::Timestamp now);

/// The UUID in its canonical lower-case form (RFC 9562, 4), of which every case is read; empty: it
/// is none.
std::string canonical_uuid(std::string_view text);

/// SHA-256, in hexadecimal.
std::string digest(std::string_view text);

}  // namespace gateway::commands
