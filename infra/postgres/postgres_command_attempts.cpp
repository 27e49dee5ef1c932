#include "infra/postgres/postgres_command_attempts.hpp"

#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

namespace infra::postgres {
namespace {

const Statement add_attempt{"add_attempt", "select add_attempt($1, $2, $3)"};

const Statement skip_command{"skip_command", "select known, pending from skip_command($1::uuid)"};

const Statement open_attempts{
    "open_attempts",
    "select command_position, category, entity, attempts, skip, code, reason"
    " from open_attempts()"};

const Statement prune_attempts{"prune_attempts", "select prune_attempts()"};

domain::AttemptedCommand attempted_of(const pqxx::row& row) {
    return {
        .position = {row[0].as<std::int64_t>()},
        .stream = {row[1].c_str(), row[2].c_str()},
        .attempts = row[3].as<int>(),
        .skip = row[4].as<bool>(),
        .first = {row[5].c_str(), row[6].c_str()}};
}

}  // namespace

void PostgresCommandAttempts::add(
    const domain::StoredCommand& command,
    const domain::Failure& failure
) {
    connection_.session().run(
        add_attempt, command.position.value, failure.code, printable(failure.reason)
    );
}

PostgresCommandAttempts::Skipped PostgresCommandAttempts::skip(const std::string& command_id) {
    const auto found = connection_.session().run(skip_command, command_id).front();
    if (!found[0].as<bool>()) return Skipped::unknown;
    return found[1].as<bool>() ? Skipped::marked : Skipped::answered;
}

std::vector<domain::AttemptedCommand> PostgresCommandAttempts::open() {
    return all_of(connection_.session().run(open_attempts), attempted_of);
}

void PostgresCommandAttempts::prune() { connection_.session().run(prune_attempts); }

}  // namespace infra::postgres
