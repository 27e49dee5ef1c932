#pragma once

#include "domain/kernel/envelope.hpp"
#include "domain/kernel/record.hpp"

#include <optional>
#include <string>

namespace domain {

/// Where a record stands in its log and in the chain of its partition: no record of this partition
/// lies between `predecessor` and `position`. As a rule the predecessor is the record before it (0:
/// there is none). Makes every hole visible to a reader in O(1), for ever.
struct ChainLink {
    std::int64_t incarnation = 1;
    Position position;
    Position predecessor;
    friend auto operator<=>(const ChainLink&, const ChainLink&) = default;
};

/// Records carry CloudEvents 1.0 in the binary content mode of its Kafka binding: attributes in
/// headers `ce_…`, the payload as the value, untouched. The key is the entity; the target, and the
/// key where it is another, are the caller's to set.
Record command_record(const CommandEnvelope& command);
Record event_record(const EventEnvelope& event);

/// Adds `ce_incarnation`, `ce_position`, `ce_predecessor`.
void add_link(Record& record, const ChainLink& link);

/// Nothing where the headers are missing or malformed: a record that did not come from a relay.
std::optional<ChainLink> link_of(const Record& record);
std::optional<StoredCommand> command_of(const Record& record);
std::optional<EventEnvelope> event_of(const Record& record);

/// `type` and `source` of the CloudEvent: "account.deposited", "/aggregates/account/42"; for an
/// outcome "command.rejected", "/commands/<id>".
std::string event_type(const EventEnvelope& event);
std::string event_source(const EventEnvelope& event);

/// RFC 3339, UTC, microseconds: "2026-01-31T12:00:00.000001Z".
std::string to_string(Timestamp time);
std::optional<Timestamp> parse_timestamp(std::string_view text);

}  // namespace domain
