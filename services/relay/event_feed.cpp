#include "services/relay/event_feed.hpp"

#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/outcome.hpp"

#include <stdexcept>

namespace services::relay {
namespace {

domain::Record
addressed(domain::Record record, std::string topic, std::string key, std::int32_t partitions) {
    record.target = {std::move(topic), domain::partition_of(key, partitions)};
    record.key = std::move(key);
    return record;
}

}  // namespace

EventFeed::EventFeed(
    domain::EventLog& events,
    domain::CommandLog& commands,
    domain::Topics topics,
    std::vector<std::string> categories,
    std::int32_t partitions
)
    : events_(events),
      commands_(commands),
      topics_(std::move(topics)),
      categories_(std::move(categories)),
      partitions_(partitions) {}

std::vector<domain::TopicSpec> EventFeed::topics() const {
    std::vector<domain::TopicSpec> all{
        {topics_.replies(), partitions_}, {topics_.dead_letters(), partitions_}};
    for (const auto& category : categories_) all.push_back({topics_.events(category), partitions_});
    return all;
}

std::vector<Outgoing> EventFeed::read(domain::Position after, std::size_t limit) {
    std::vector<Outgoing> rows;
    for (const auto& event : events_.read(after, limit)) {
        Outgoing row{event.position, {}};
        const domain::Record record = domain::event_record(event);
        if (event.stream.category != domain::outcome_category) {
            row.records.push_back(addressed(
                record, topics_.events(event.stream.category), event.stream.entity, partitions_
            ));
        } else if (event.type == domain::outcome_failed) {
            row.records.push_back(dead_letter(event));
        }
        row.records.push_back(
            addressed(record, topics_.replies(), event.issuer.subject, partitions_)
        );
        rows.push_back(std::move(row));
    }
    return rows;
}

domain::Record EventFeed::dead_letter(const domain::EventEnvelope& failure) {
    // The command log is dense, so the row behind the one before it is the command itself.
    const auto found = commands_.read({failure.command_position.value - 1}, 1);
    if (found.empty() || found.front().command.id != failure.command_id) {
        throw std::logic_error("no command " + failure.command_id + " at its position");
    }
    const domain::CommandEnvelope& command = found.front().command;
    return addressed(
        domain::command_record(command), topics_.dead_letters(), command.stream.entity, partitions_
    );
}

}  // namespace services::relay
