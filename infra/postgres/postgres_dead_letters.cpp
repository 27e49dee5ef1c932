#include "infra/postgres/postgres_dead_letters.hpp"

#include "domain/kernel/error.hpp"
#include "infra/postgres/array_text.hpp"
#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

namespace infra::postgres {
namespace {

const Statement explain_failures{
    "explain_failures",
    "select explain_failures($1::bigint[], $2::integer[], $3::text[])"};

/// Those that are asked for, each with its command, its outcome and what has come since.
const std::string letters = "select" + command_columns +
                            R"(, d.event_position, (extract(epoch from o.time) * 1000000)::bigint,
        o.data::json ->> 'code', d.reason,
        d.attempts, d.state, d.retried_as, coalesce((
            select e.version from events e
            where e.category = c.category and e.entity = c.entity
            order by e.version desc limit 1
        ), 0) - d.stream_version
    from dead_letters d
    join commands c on c.position = d.command_position
    join events o on o.position = d.event_position )";

const std::string asked_for =
    "where d.event_position > $1 and ($2 = '' or c.category = $2) and ($3 = '' or d.state = $3)";

const Statement read_dead_letters{
    "read_dead_letters",
    letters + asked_for + " order by d.event_position limit $4"};

const Statement count_dead_letters{
    "count_dead_letters",
    "select count(*) from dead_letters d join commands c on c.position = d.command_position " +
        asked_for};

const Statement find_dead_letter{
    "find_dead_letter",
    letters + "where c.id = $1::uuid and d.event_position is not null"};

const Statement retry_dead_letter{
    "retry_dead_letter",
    "select retry_dead_letter($1::uuid, $2::uuid)"};

const Statement drop_dead_letter{"drop_dead_letter", "select drop_dead_letter($1::uuid)"};

/// Empty: any.
std::string word_of(const std::optional<domain::DeadLetterState>& state) {
    return state ? std::string(domain::to_string(*state)) : "";
}

domain::DeadLetterState state_of(const pqxx::field& field) {
    if (const auto state = domain::dead_letter_state(field.c_str())) return *state;
    throw domain::WorldError(std::string("a dead letter is in no known state: ") + field.c_str());
}

std::optional<domain::DeadLetterState> state_before(const pqxx::result& rows) {
    const auto field = rows.front()[0];
    if (field.is_null()) return std::nullopt;
    return state_of(field);
}

domain::DeadLetter letter_of(const pqxx::row& row) {
    domain::DeadLetter letter;
    letter.command = command_of(row);
    const auto at = [&](int column) { return row[command_columns_count + column]; };
    letter.failed_at = {at(0).as<std::int64_t>()};
    letter.time = domain::Timestamp(std::chrono::microseconds(at(1).as<std::int64_t>()));
    letter.failure = {at(2).c_str(), at(3).c_str()};
    letter.attempts = at(4).as<int>();
    letter.state = state_of(at(5));
    letter.retried_as = at(6).is_null() ? "" : at(6).c_str();
    letter.events_since = at(7).as<std::int64_t>();
    return letter;
}

}  // namespace

void PostgresDeadLetters::explain(std::span<const domain::FailedCommand> commands) {
    ArrayText positions, attempts, reasons;
    for (const auto& command : commands) {
        positions.add(command.command.value);
        attempts.add(std::int64_t{command.attempts});
        reasons.add(printable(command.reason));
    }
    connection_.session().run(
        explain_failures,
        std::move(positions).take(),
        std::move(attempts).take(),
        std::move(reasons).take()
    );
}

std::vector<domain::DeadLetter>
PostgresDeadLetters::read(const domain::DeadLetterQuery& query, std::size_t limit) {
    return all_of(
        connection_.session().run(
            read_dead_letters,
            query.after.value,
            query.category,
            word_of(query.state),
            limit_of(limit)
        ),
        letter_of
    );
}

std::int64_t PostgresDeadLetters::count(const domain::DeadLetterQuery& query) {
    return connection_.session()
        .run(count_dead_letters, query.after.value, query.category, word_of(query.state))
        .front()[0]
        .as<std::int64_t>();
}

std::optional<domain::DeadLetter> PostgresDeadLetters::find(const std::string& command_id) {
    const auto rows = connection_.session().run(find_dead_letter, command_id);
    if (rows.empty()) return std::nullopt;
    return letter_of(rows.front());
}

std::optional<domain::DeadLetterState>
PostgresDeadLetters::retry(const std::string& command_id, const std::string& as_id) {
    return state_before(connection_.session().run(retry_dead_letter, command_id, as_id));
}

std::optional<domain::DeadLetterState> PostgresDeadLetters::drop(const std::string& command_id) {
    return state_before(connection_.session().run(drop_dead_letter, command_id));
}

}  // namespace infra::postgres
