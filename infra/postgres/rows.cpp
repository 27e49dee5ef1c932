#include "infra/postgres/rows.hpp"

#include <algorithm>
#include <limits>

namespace infra::postgres {
namespace {

std::string text(const pqxx::field& field) { return {field.c_str(), field.size()}; }

std::int64_t number(const pqxx::field& field) { return field.as<std::int64_t>(); }

domain::Timestamp timestamp(const pqxx::field& field) {
    return domain::Timestamp(std::chrono::microseconds(number(field)));
}

}  // namespace

domain::StoredCommand command_of(const pqxx::row& row) {
    domain::StoredCommand stored;
    stored.position.value = number(row[0]);
    domain::CommandEnvelope& command = stored.command;
    command.id = text(row[1]);
    command.stream = {text(row[2]), text(row[3])};
    command.name = text(row[4]);
    command.data = text(row[5]);
    command.issuer = {text(row[6]), text(row[7]), text(row[12])};
    command.correlation_id = text(row[8]);
    command.trace_parent = text(row[9]);
    if (!row[10].is_null()) command.expected_version = domain::StreamVersion{number(row[10])};
    command.time = timestamp(row[11]);
    command.causation_id = text(row[13]);
    return stored;
}

domain::Generation generation_of(const pqxx::row& row, int column) {
    return {number(row[column]), row[column + 1].as<std::int32_t>(), {number(row[column + 2])}};
}

domain::EventEnvelope event_of(const pqxx::row& row) {
    domain::EventEnvelope event;
    event.position.value = number(row[0]);
    event.stream = {text(row[1]), text(row[2])};
    event.version.value = number(row[3]);
    event.type = text(row[4]);
    event.data = text(row[5]);
    event.time = timestamp(row[6]);
    event.command_id = text(row[7]);
    event.command_position.value = number(row[8]);
    event.ordinal = row[9].as<std::int32_t>();
    event.last = row[10].as<bool>();
    event.issuer = {text(row[11]), text(row[12]), text(row[15])};
    event.correlation_id = text(row[13]);
    event.trace_parent = text(row[14]);
    return event;
}

domain::Snapshot snapshot_of(const pqxx::row& row) {
    return {
        .stream = {text(row[0]), text(row[1])},
        .version = {number(row[2])},
        .state = text(row[5]),
        .last_event = text(row[3]),
        .incarnation = number(row[4])};
}

std::int64_t limit_of(std::size_t limit) {
    constexpr std::size_t most = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int64_t>(std::min(limit, most));
}

std::string printable(std::string text) {
    for (char& c : text) {
        if (c < 0x20 || c > 0x7e) c = '?';
    }
    return text;
}

std::int64_t microseconds_of(domain::Timestamp time) { return time.time_since_epoch().count(); }

}  // namespace infra::postgres
