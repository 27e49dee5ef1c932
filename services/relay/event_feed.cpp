#include "services/relay/event_feed.hpp"

#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/outcome.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <utility>

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
        domain::Record record = domain::event_record(event);
        const domain::StreamId& stream = event.stream;
        if (stream.category == domain::outcome_category) {
            if (event.type == domain::outcome_failed) {
                if (auto letter = dead_letter(event)) row.records.push_back(std::move(*letter));
            }
        } else if (std::ranges::count(categories_, stream.category) > 0) {
            row.records.push_back(
                addressed(record, topics_.events(stream.category), stream.entity, partitions_)
            );
        } else {
            row.passed_over.push_back(
                {topics_.events(stream.category), domain::partition_of(stream.entity, partitions_)}
            );
        }
        add_replies(event, std::move(record), row.records);
        rows.push_back(std::move(row));
    }
    return rows;
}

/// One for each partition in which somebody hears of it.
void EventFeed::add_replies(
    const domain::EventEnvelope& event,
    domain::Record record,
    std::vector<domain::Record>& records
) const {
    std::map<std::int32_t, std::vector<std::string>> others;
    for (const std::string& user : event.hears)
        others[domain::partition_of(user, partitions_)].push_back(user);
    std::string sender = domain::user_key(event.issuer);
    const auto beside_sender = others.extract(domain::partition_of(sender, partitions_));
    for (auto& [partition, users] : others) {
        domain::Record reply = addressed(record, topics_.replies(), users.front(), partitions_);
        users.erase(users.begin());
        domain::add_hearers(reply, users);
        records.push_back(std::move(reply));
    }
    domain::Record own =
        addressed(std::move(record), topics_.replies(), std::move(sender), partitions_);
    if (beside_sender) domain::add_hearers(own, beside_sender.mapped());
    records.push_back(std::move(own));
}

/// Nothing, and a line, where the store does not hold the command that it says has failed: the log
/// goes on all the same.
std::optional<domain::Record> EventFeed::dead_letter(const domain::EventEnvelope& failure) {
    // The command log is dense, so the row behind the one before it is the command itself.
    const auto found = commands_.read({failure.command_position.value - 1}, 1);
    if (found.empty() || found.front().command.id != failure.command_id) {
        spdlog::error("no command {} at its position: no dead letter", failure.command_id);
        return std::nullopt;
    }
    const domain::CommandEnvelope& command = found.front().command;
    return addressed(
        domain::command_record(command), topics_.dead_letters(), command.stream.entity, partitions_
    );
}

}  // namespace services::relay
