#include "services/relay/command_feed.hpp"

#include "domain/kernel/cloud_event.hpp"

#include <algorithm>
#include <map>

namespace services::relay {

CommandFeed::CommandFeed(
    domain::CommandLog& commands,
    domain::EventLog& events,
    domain::PartitionClaims& claims,
    domain::Topics topics,
    std::vector<std::string> categories,
    std::int32_t partitions
)
    : commands_(commands),
      events_(events),
      claims_(claims),
      topics_(std::move(topics)),
      categories_(std::move(categories)),
      partitions_(partitions) {}

std::vector<domain::TopicSpec> CommandFeed::topics() const {
    std::vector<domain::TopicSpec> all;
    for (const auto& category : categories_)
        all.push_back({topics_.commands(category), partitions_});
    return all;
}

std::vector<Outgoing> CommandFeed::read(domain::Position after, std::size_t limit) {
    std::vector<Outgoing> rows;
    for (const auto& [position, command] : commands_.read(after, limit)) {
        domain::TopicPartition target{
            topics_.commands(command.stream.category),
            domain::partition_of(command.stream.entity, partitions_)};
        if (std::ranges::count(categories_, command.stream.category) == 0) {
            rows.push_back({position, {}, {std::move(target)}});
            continue;
        }
        domain::Record record = domain::command_record(command);
        record.key = command.stream.entity;
        record.target = std::move(target);
        rows.push_back({position, {std::move(record)}});
    }
    return rows;
}

domain::Position CommandFeed::restart_position(const domain::RelayCheckpoint& checkpoint) {
    std::map<domain::TopicPartition, domain::Position> done;
    for (const auto& claim : claims_.all()) {
        done[{topics_.commands(claim.partition.category), claim.partition.partition}] = claim.done;
    }
    // A partition that has done all that was sent to it does not hold back the others, however long
    // ago that was.
    domain::Position from = checkpoint.position;
    for (const auto& mark : checkpoint.marks) {
        const domain::Position reader = done[mark.partition];
        if (reader < mark.position) from = std::min(from, reader);
    }
    return from;
}

}  // namespace services::relay
