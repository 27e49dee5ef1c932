#include "infra/postgres/postgres_command_log.hpp"

#include "domain/kernel/topics.hpp"
#include "infra/postgres/array_text.hpp"
#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

namespace infra::postgres {
namespace {

const Statement append_commands{
    "append_commands",
    "select kind, log_position, cursor_incarnation, cursor_position, correlation_id"
    " from append_commands($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"};

const Statement read_commands_head{
    "read_commands_head",
    "select greatest(l.floor, (select c.position from commands c order by c.position desc limit 1))"
    " from logs l where l.name = 'commands'"};

/// What is not a UUID is the id of no command.
const std::string of_this_id =
    "from commands c where c.id = case"
    " when $1 ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then $1::uuid end";

const Statement find_command{"find_command", "select" + command_columns + of_this_id};

const Statement find_command_of{
    "find_command_of",
    "select" + command_columns + of_this_id + " and c.subject = $2 and c.issuer = $3"};

const Statement read_commands{
    "read_commands",
    "select" + command_columns +
        "from commands c where c.position > $1 order by c.position limit $2"};

const Statement read_command_range{
    "read_command_range",
    "select" + command_columns +
        "from commands c where c.position > $1 and c.position <= $2 and c.category = $3"
        " and c.entity_hash % $4 = $5 and (c.position > $7 or ("
        "  select true from events e where e.command_position = c.position limit 1"
        " ) is null) order by c.position limit $6"};

domain::Acceptance acceptance_of(const pqxx::row& row) {
    using Kind = domain::Acceptance::Kind;
    const std::string kind = row[0].c_str();
    return {
        kind == "accepted"   ? Kind::accepted
        : kind == "repeated" ? Kind::repeated
                             : Kind::mismatched,
        {row[1].as<std::int64_t>()},
        {row[2].as<std::int64_t>(), {row[3].as<std::int64_t>()}},
        row[4].c_str()};
}

}  // namespace

std::vector<domain::Acceptance> PostgresCommandLog::append(std::span<const domain::NewCommand> batch
) {
    ArrayText ids, fingerprints, categories, entities, entity_hashes, names, datas, issuers,
        subjects, claims, correlation_ids, trace_parents, expected_versions, times;
    for (const auto& [command, fingerprint] : batch) {
        ids.add(command.id);
        fingerprints.add(fingerprint);
        categories.add(command.stream.category);
        entities.add(command.stream.entity);
        entity_hashes.add(std::int64_t{domain::key_hash(command.stream.entity)});
        names.add(command.name);
        datas.add(command.data);
        issuers.add(command.issuer.token_issuer);
        subjects.add(command.issuer.subject);
        claims.add(command.issuer.claims);
        correlation_ids.add(command.correlation_id);
        trace_parents.add(command.trace_parent);
        if (command.expected_version) {
            expected_versions.add(command.expected_version->value);
        } else {
            expected_versions.add_null();
        }
        times.add(microseconds_of(command.time));
    }
    return all_of(
        connection_.session().run(
            append_commands,
            std::move(ids).take(),
            std::move(fingerprints).take(),
            std::move(categories).take(),
            std::move(entities).take(),
            std::move(entity_hashes).take(),
            std::move(names).take(),
            std::move(datas).take(),
            std::move(issuers).take(),
            std::move(subjects).take(),
            std::move(claims).take(),
            std::move(correlation_ids).take(),
            std::move(trace_parents).take(),
            std::move(expected_versions).take(),
            std::move(times).take()
        ),
        acceptance_of
    );
}

domain::Position PostgresCommandLog::head() {
    return {connection_.session().run(read_commands_head).front()[0].as<std::int64_t>()};
}

std::optional<domain::StoredCommand> PostgresCommandLog::find(const std::string& id) {
    const auto rows = connection_.session().run(find_command, id);
    if (rows.empty()) return std::nullopt;
    return command_of(rows.front());
}

std::optional<domain::StoredCommand>
PostgresCommandLog::find(const std::string& id, const domain::Issuer& user) {
    const auto rows =
        connection_.session().run(find_command_of, id, user.subject, user.token_issuer);
    if (rows.empty()) return std::nullopt;
    return command_of(rows.front());
}

std::vector<domain::StoredCommand>
PostgresCommandLog::read(domain::Position after, std::size_t limit) {
    return all_of(
        connection_.session().run(read_commands, after.value, limit_of(limit)), command_of
    );
}

std::vector<domain::StoredCommand>
PostgresCommandLog::read_range(const domain::CommandRange& range, std::size_t limit) {
    return all_of(
        connection_.session().run(
            read_command_range,
            range.after.value,
            range.up_to.value,
            range.category,
            range.partitions,
            range.partition,
            limit_of(limit),
            range.open_up_to.value
        ),
        command_of
    );
}

}  // namespace infra::postgres
