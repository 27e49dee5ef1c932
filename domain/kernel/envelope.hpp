#pragma once

#include "domain/kernel/reservation.hpp"
#include "domain/kernel/stream.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

/// JSON text. Only the edge (is it JSON?) and an aggregate's wire file look inside.
using Payload = std::string;

/// UTC, to the microsecond, as PostgreSQL keeps it.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Who sent a command, from a token that was verified. The signed token itself is never kept.
struct Issuer {
    std::string subject;         ///< the JWT's `sub`
    Payload claims = "{}";       ///< claims of the token, as a JSON object
    std::string token_issuer{};  ///< the JWT's `iss`: who gave the subject its name; or empty
    friend bool operator==(const Issuer&, const Issuer&) = default;
};

/// The one identity of a user, wherever users are told apart: the subject, which only its issuer
/// can tell from that of another, so both. The key of its records in `<prefix>.replies`.
///
///     token_issuer, a space, subject     (no issuer's name holds a space)
///     subject                            where tokens name no issuer and the subject has no space
///
/// No two users have the same.
std::string user_key(const Issuer& user);

/// Can it be the key of a user whom a token names? 1 to 511 bytes without control characters.
bool is_user_key(std::string_view key);

/// Whose key this is; the claims are not known from it.
Issuer user_of(std::string_view key);

/// A command as the gateway accepted it.
struct CommandEnvelope {
    std::string id;  ///< UUID, canonical lower-case text
    StreamId stream;
    std::string name;  ///< "deposit"
    Payload data;
    Issuer issuer;
    std::string correlation_id;                     ///< the caller's, else the command's own id
    std::string trace_parent;                       ///< W3C `traceparent`, or empty
    std::optional<StreamVersion> expected_version;  ///< see expected_version.hpp
    Timestamp time{};                               ///< when the gateway took it
    std::string causation_id{};  ///< of the command that failed and that it retries, or empty
    friend bool operator==(const CommandEnvelope&, const CommandEnvelope&) = default;
};

/// A command in the command log.
struct StoredCommand {
    Position position;
    CommandEnvelope command;
    friend bool operator==(const StoredCommand&, const StoredCommand&) = default;
};

/// An event that has been decided but not yet stored.
struct NewEvent {
    std::string type;  ///< "deposited"
    Payload data;
    std::vector<std::string> hears{};  ///< users who hear of it, besides who sent the command
    std::vector<KeyChange> keys{};     ///< that its stream takes and frees with it
    friend bool operator==(const NewEvent&, const NewEvent&) = default;
};

/// An event in the event log.
struct EventEnvelope {
    Position position;
    StreamId stream;
    StreamVersion version;
    std::string type;
    Payload data;
    Timestamp time{};
    std::string command_id;     ///< what caused it
    Position command_position;  ///< where that command stands in the command log
    std::int32_t ordinal = 0;   ///< which of the command's events, from 0
    bool last = false;          ///< the command's last event: it is answered
    Issuer issuer;
    std::string correlation_id;
    std::string trace_parent;
    /// The users who hear of it besides the issuer, each by user_key(), in order, each once.
    std::vector<std::string> hears{};
    std::vector<KeyChange> keys{};  ///< as in NewEvent; not of one that was read
    friend bool operator==(const EventEnvelope&, const EventEnvelope&) = default;
};

/// The event's id for the outside: derived, so that a retry writes the same one.
std::string event_id(const EventEnvelope& event);

}  // namespace domain
