#include "infra/postgres/postgres_store_export.hpp"

#include "domain/kernel/timestamp.hpp"
#include "infra/postgres/copy_text.hpp"
#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

#include <algorithm>
#include <stdexcept>

namespace infra::postgres {
namespace {

using domain::Position;

const Statement read_end_of_commands{
    "read_end_of_commands",
    "select l.incarnation, l.floor, greatest(l.floor, ("
    "  select c.position from commands c order by c.position desc limit 1)),"
    " coalesce(l.partitions, 0) from logs l where l.name = 'commands'"};

const Statement read_end_of_events{
    "read_end_of_events",
    "select l.incarnation, l.floor, greatest(l.floor, ("
    "  select e.position from events e order by e.position desc limit 1)),"
    " coalesce(l.partitions, 0) from logs l where l.name = 'events'"};

/// COPY takes no parameters: the two bounds, which are numbers of ours, are written behind it.
const std::string copy_commands =
    "select c.position, c.id, c.category, c.entity, c.name, c.data, c.subject, c.claims,"
    " c.correlation_id, c.trace_parent, c.expected_version, c.time at time zone 'UTC', c.issuer,"
    " c.causation_id, c.fingerprint, c.cursor_incarnation, c.cursor_position"
    " from commands c where c.position";

const std::string copy_events =
    "select e.position, e.category, e.entity, e.version, e.type, e.data,"
    " e.time at time zone 'UTC', e.command_id, e.command_position, e.ordinal, e.last, e.subject,"
    " e.claims, e.correlation_id, e.trace_parent, e.issuer from events e where e.position";

const std::string copy_recipients =
    "select r.position, r.recipient from event_recipients r where r.position";

const Statement read_letters_after{
    "read_letters_after",
    "select d.command_position, d.event_position, d.attempts, d.reason, d.state,"
    " coalesce(d.retried_as::text, ''), coalesce(("
    "  select c.position from commands c where c.id = d.retried_as limit 1), 0)"
    " from dead_letters d where d.command_position > $1 and d.event_position is not null"
    " order by d.command_position limit $2"};

const Statement read_all_attempts{
    "read_all_attempts",
    "select a.command_position, a.attempts, a.skip, a.code, a.reason from command_attempts a"
    " order by a.command_position"};

const Statement read_all_subscriptions{
    "read_all_subscriptions",
    "select s.name, s.epoch, s.incarnation, s.position from subscriptions s order by s.name"};

/// "2026-01-31 12:00:00.000001": a number of microseconds would cost the server more than the row.
domain::Timestamp time_of(const CopyRow& row, std::size_t field) {
    std::string text = row.text(field) + 'Z';
    if (const auto space = text.find(' '); space != text.npos) text[space] = 'T';
    const auto time = domain::parse_timestamp(text);
    if (!time) throw std::invalid_argument("COPY gave no time of the years 0 to 9999");
    return *time;
}

domain::ArchivedCommand archived_command_of(const CopyRow& row) {
    domain::ArchivedCommand archived;
    auto& [position, command] = archived.stored;
    position = {row.number(0)};
    command.id = row.text(1);
    command.stream = {row.text(2), row.text(3)};
    command.name = row.text(4);
    command.data = row.text(5);
    command.issuer = {row.text(6), row.text(7), row.text(12)};
    command.correlation_id = row.text(8);
    command.trace_parent = row.text(9);
    if (!row.is_null(10)) command.expected_version = domain::StreamVersion{row.number(10)};
    command.time = time_of(row, 11);
    command.causation_id = row.text(13);
    archived.fingerprint = row.text(14);
    archived.cursor.incarnation = row.number(15);
    archived.cursor.position = {row.number(16)};
    return archived;
}

domain::EventEnvelope archived_event_of(const CopyRow& row) {
    domain::EventEnvelope event;
    event.position = {row.number(0)};
    event.stream = {row.text(1), row.text(2)};
    event.version = {row.number(3)};
    event.type = row.text(4);
    event.data = row.text(5);
    event.time = time_of(row, 6);
    event.command_id = row.text(7);
    event.command_position = {row.number(8)};
    event.ordinal = static_cast<std::int32_t>(row.number(9));
    event.last = row.truth(10);
    event.issuer = {row.text(11), row.text(12), row.text(15)};
    event.correlation_id = row.text(13);
    event.trace_parent = row.text(14);
    return event;
}

/// What `row_of` makes of each row in (after, up_to], in order.
template <class Row>
std::vector<Row> copy_out(
    pqxx::work& transaction,
    const std::string& query,
    const std::string& order,
    Position after,
    Position up_to,
    Row (*row_of)(const CopyRow&)
) {
    std::vector<Row> rows;
    rows.reserve(static_cast<std::size_t>(std::max<std::int64_t>(up_to.value - after.value, 0)));
    pqxx::stream_from stream(
        transaction,
        '(' + query + " > " + std::to_string(after.value) +
            " and position <= " + std::to_string(up_to.value) + " order by " + order + ')'
    );
    std::string line;
    CopyRow row;
    while (stream.get_raw_line(line)) {
        if (line.ends_with('\n')) line.pop_back();
        row.split(line);
        rows.push_back(row_of(row));
    }
    stream.complete();
    return rows;
}

struct HearerRow {
    Position position;
    std::string user;
};

HearerRow hearer_of(const CopyRow& row) { return {{row.number(0)}, row.text(1)}; }

}  // namespace

domain::LogEnd PostgresStoreExport::end(domain::Log log) {
    const bool commands = log == domain::Log::commands;
    const auto row =
        connection_.session().run(commands ? read_end_of_commands : read_end_of_events).front();
    return {
        .incarnation = row[0].as<std::int64_t>(),
        .floor = {row[1].as<std::int64_t>()},
        .head = {row[2].as<std::int64_t>()},
        .partitions = row[3].as<std::int32_t>()};
}

std::vector<domain::ArchivedCommand> PostgresStoreExport::commands(Position after, Position up_to) {
    std::vector<domain::ArchivedCommand> rows;
    connection_.session().use([&](pqxx::connection& opened) {
        pqxx::work transaction(opened);
        rows = copy_out(transaction, copy_commands, "position", after, up_to, archived_command_of);
    });
    return rows;
}

std::vector<domain::EventEnvelope> PostgresStoreExport::events(Position after, Position up_to) {
    std::vector<domain::EventEnvelope> events;
    std::vector<HearerRow> hearers;
    connection_.session().use([&](pqxx::connection& opened) {
        pqxx::work transaction(opened);
        events = copy_out(transaction, copy_events, "position", after, up_to, archived_event_of);
        hearers =
            copy_out(transaction, copy_recipients, "position, recipient", after, up_to, hearer_of);
    });
    auto event = events.begin();
    for (auto& hearer : hearers) {
        while (event != events.end() && event->position < hearer.position) ++event;
        if (event != events.end() && event->position == hearer.position)
            event->hears.push_back(std::move(hearer.user));
    }
    return events;
}

std::vector<domain::LetterNote> PostgresStoreExport::letters(Position after, std::size_t limit) {
    std::vector<domain::LetterNote> notes;
    for (const auto& row :
         connection_.session().run(read_letters_after, after.value, limit_of(limit))) {
        const auto state = domain::dead_letter_state(row[4].c_str());
        notes.push_back(
            {.command = {row[0].as<std::int64_t>()},
             .failed_at = {row[1].as<std::int64_t>()},
             .attempts = row[2].as<int>(),
             .reason = row[3].c_str(),
             .state = state.value_or(domain::DeadLetterState::open),
             .retried_as = row[5].c_str(),
             .retried_at = {row[6].as<std::int64_t>()}}
        );
    }
    return notes;
}

std::vector<domain::AttemptedCommand> PostgresStoreExport::attempts() {
    std::vector<domain::AttemptedCommand> rows;
    for (const auto& row : connection_.session().run(read_all_attempts))
        rows.push_back(
            {.position = {row[0].as<std::int64_t>()},
             .stream = {},
             .attempts = row[1].as<int>(),
             .skip = row[2].as<bool>(),
             .first = {row[3].c_str(), row[4].c_str()}}
        );
    return rows;
}

std::vector<domain::Subscription> PostgresStoreExport::subscriptions() {
    std::vector<domain::Subscription> rows;
    for (const auto& row : connection_.session().run(read_all_subscriptions))
        rows.push_back(
            {.name = row[0].c_str(),
             .epoch = {row[1].as<std::int64_t>()},
             .place = {row[2].as<std::int64_t>(), {row[3].as<std::int64_t>()}}}
        );
    return rows;
}

}  // namespace infra::postgres
