#pragma once

#include "domain/kernel/envelope.hpp"
#include "domain/kernel/record.hpp"
#include "domain/kernel/timestamp.hpp"

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
    /// Of how keys are spread (domain/kernel/generation.hpp): what is said of a partition holds in
    /// this one.
    std::int64_t generation = 1;
    friend auto operator<=>(const ChainLink&, const ChainLink&) = default;
};

/// Records carry CloudEvents 1.0 in the binary content mode of its Kafka binding: attributes in
/// headers `ce_…`, the payload as the value, untouched. The key is the entity; the target, and the
/// key where it is another, are the caller's to set.
Record command_record(const CommandEnvelope& command);
Record event_record(const EventEnvelope& event);

/// A reply is for the user whose key is its own, and for these, of the same partition. `ce_hearers`
/// names them; without any there is none.
void add_hearers(Record& record, const std::vector<std::string>& users);
std::vector<std::string> hearers_of(const Record& record);

/// Adds `ce_incarnation`, `ce_position`, `ce_predecessor`. The generation stands behind the
/// incarnation, `1.2`, unless it is the first: a reader that knows nothing of generations then sees
/// no link that it could misread.
void add_link(Record& record, const ChainLink& link);

/// Does it say anything of its place in a log, be it well or badly? A notification does not.
bool claims_link(const Record& record);

/// Nothing where the headers are missing or malformed. That they are there says nothing of who
/// wrote them: see domain::RecordVerifier.
std::optional<ChainLink> link_of(const Record& record);
std::optional<StoredCommand> command_of(const Record& record);
std::optional<EventEnvelope> event_of(const Record& record);

/// `type` and `source` of the CloudEvent: "account.deposited", "/aggregates/account/42"; for an
/// outcome "command.rejected", "/commands/<id>".
std::string event_type(const EventEnvelope& event);
std::string event_source(const EventEnvelope& event);

}  // namespace domain
