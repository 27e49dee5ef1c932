#include "infra/postgres/postgres_store_import.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/timestamp.hpp"
#include "domain/kernel/topics.hpp"
#include "infra/postgres/array_text.hpp"
#include "infra/postgres/import_beside.hpp"
#include "infra/postgres/import_end.hpp"
#include "infra/postgres/postgres_reservations.hpp"
#include "infra/postgres/session.hpp"

#include <array>
#include <map>
#include <utility>

namespace infra::postgres {
namespace {

constexpr auto lock_both_logs =
    "select pg_advisory_xact_lock(hashtext('antiphon.commands')),"
    " pg_advisory_xact_lock(hashtext('antiphon.events'))";

constexpr auto read_import = "select i.source, i.finished from imports i";

constexpr auto is_in_use =
    "select exists (select from commands) or exists (select from events)"
    " or exists (select from subscriptions) or exists (select from logs l where l.floor > 0)";

constexpr auto has_relay =
    "select exists (select from relay_leases l where l.expires_at > clock_timestamp())";

constexpr auto note_import =
    "insert into imports (source) values ($1)"
    " on conflict (one) do update set source = excluded.source, beside = 0, finished = false";

constexpr auto read_place =
    "select coalesce((select c.position from commands c order by c.position desc limit 1), 0),"
    " coalesce((select e.position from events e order by e.position desc limit 1), 0),"
    " coalesce((select i.beside from imports i), 0),"
    " coalesce((select i.finished from imports i), false)";

/// What triggers keep others from writing.
constexpr std::array closed_tables{
    "logs",
    "commands",
    "events",
    "event_recipients",
    "partition_epochs",
    "partition_progress",
    "relay_leases",
    "relay_checkpoints",
    "reservations",
    "dead_letters",
    "command_attempts",
    "subscriptions",
    "snapshots"};

std::string close_table(const std::string& table) {
    return "create trigger import_under_way before insert or update or delete on " + table +
           " for each statement"
           " when (current_setting('antiphon.importing', true) is distinct from 'yes')"
           " execute function refuse_during_import()";
}

std::string open_table(const std::string& table) {
    return "drop trigger if exists import_under_way on " + table;
}

constexpr auto move_beside = "update imports set beside = beside + $1";

const Statement read_command_id{
    "read_command_id",
    "select c.id from commands c where c.position = $1"};

const Statement read_versions{
    "read_versions",
    "select coalesce(("
    "  select e.version from events e where e.category = b.category and e.entity = b.entity"
    "  order by e.version desc limit 1), 0)"
    " from unnest($1::text[], $2::text[]) with ordinality as b (category, entity, n) order by b.n"};

const Statement read_position_of{
    "read_position_of",
    "select e.position from events e where e.category = $1 and e.entity = $2 and e.version = $3"};

constexpr auto finish_import = "update imports set finished = true";

constexpr auto forget_import = "delete from imports";

constexpr auto empty_all =
    "truncate commands, events, event_recipients, partition_epochs, partition_progress,"
    " relay_leases, relay_checkpoints, reservations, dead_letters, command_attempts,"
    " subscriptions, snapshots";

constexpr std::array analyze_all{"analyze commands", "analyze events", "analyze event_recipients"};

[[noreturn]] void refuse_import(const std::string& why) { throw domain::SetupError(why); }

std::string first_line(const std::string& message) { return message.substr(0, message.find('\n')); }

/// What the store says of rows is no outage, and no repeat mends it.
template <class Body>
void in_transaction(Connection& connection, Body body) {
    connection.session().use([&](pqxx::connection& opened) {
        try {
            pqxx::work transaction(opened);
            body(transaction);
            transaction.commit();
        } catch (const pqxx::integrity_constraint_violation& error) {
            refuse_import("the store refuses these rows: " + first_line(error.what()));
        } catch (const pqxx::data_exception& error) {
            refuse_import("the store refuses these rows: " + first_line(error.what()));
        } catch (const pqxx::insufficient_privilege& error) {
            refuse_import(
                first_line(error.what()) + ": name the owner of the tables by --postgres.url"
            );
        }
    });
}

domain::ImportPlace place_of(pqxx::work& transaction) {
    const auto row = transaction.exec1(read_place);
    return {
        {row[0].as<std::int64_t>()},
        {row[1].as<std::int64_t>()},
        {row[2].as<std::int64_t>()},
        row[3].as<bool>()};
}

bool under_way(pqxx::work& transaction) {
    const auto known = transaction.exec(read_import);
    return !known.empty() && !known.front()[1].as<bool>();
}

void open_tables(pqxx::work& transaction) {
    for (const auto* table : closed_tables) transaction.exec(open_table(table));
}

const char* text_or_null(const std::optional<std::string>& text) {
    return text ? text->c_str() : nullptr;
}

}  // namespace

ConnectionSettings importing(ConnectionSettings settings) {
    settings.importing = true;
    settings.statement_timeout = std::chrono::milliseconds(0);  // all of both logs is looked at
    return settings;
}

domain::ImportPlace PostgresStoreImport::begin(const std::string& source) {
    domain::ImportPlace place;
    in_transaction(connection_, [&](pqxx::work& transaction) {
        transaction.exec(lock_both_logs);
        const auto known = transaction.exec(read_import);
        const bool finished = known.empty() || known.front()[1].as<bool>();
        const bool same = !known.empty() && known.front()[0].c_str() == source;
        if (finished && !same) {
            if (transaction.exec1(is_in_use)[0].as<bool>())
                refuse_import(
                    "there is something in this store: import into one that is migrated "
                    "and empty"
                );
            if (transaction.exec1(has_relay)[0].as<bool>())
                refuse_import(
                    "a relay works on this store: stop all roles first, and wait until "
                    "its lease has run out (relay.lease_ttl_ms)"
                );
            transaction.exec_params(note_import, source);
            for (const auto* table : closed_tables) transaction.exec(close_table(table));
        } else if (!same) {
            refuse_import(
                "another import is under way in this store: " +
                std::string(known.front()[0].c_str()) +
                "; go on with that, or take it away with --restart"
            );
        }
        place = place_of(transaction);
    });
    return place;
}

void PostgresStoreImport::add(std::span<const domain::ArchivedCommand> commands) {
    static const std::vector<std::string> columns{
        "position",
        "id",
        "fingerprint",
        "category",
        "entity",
        "entity_hash",
        "name",
        "data",
        "subject",
        "claims",
        "correlation_id",
        "trace_parent",
        "expected_version",
        "cursor_incarnation",
        "cursor_position",
        "time",
        "issuer",
        "causation_id"};
    in_transaction(connection_, [&](pqxx::work& transaction) {
        pqxx::stream_to stream(transaction, "commands", columns);
        for (const auto& [stored, fingerprint, cursor] : commands) {
            const auto& [position, command] = stored;
            std::optional<std::string> expected;
            if (command.expected_version)
                expected = std::to_string(command.expected_version->value);
            stream << std::make_tuple(
                position.value,
                command.id,
                fingerprint,
                command.stream.category,
                command.stream.entity,
                domain::key_hash(command.stream.entity),
                command.name,
                command.data,
                command.issuer.subject,
                command.issuer.claims,
                command.correlation_id,
                command.trace_parent,
                text_or_null(expected),
                cursor.incarnation,
                cursor.position.value,
                domain::to_string(command.time),
                command.issuer.token_issuer,
                command.causation_id
            );
        }
        stream.complete();
    });
}

void PostgresStoreImport::add(std::span<const domain::EventEnvelope> events) {
    static const std::vector<std::string> columns{
        "position",
        "category",
        "entity",
        "version",
        "type",
        "data",
        "time",
        "command_id",
        "command_position",
        "ordinal",
        "last",
        "subject",
        "claims",
        "correlation_id",
        "trace_parent",
        "issuer"};
    static const std::vector<std::string> recipients{"recipient", "position"};
    in_transaction(connection_, [&](pqxx::work& transaction) {
        {
            pqxx::stream_to stream(transaction, "events", columns);
            for (const auto& event : events)
                stream << std::make_tuple(
                    event.position.value,
                    event.stream.category,
                    event.stream.entity,
                    event.version.value,
                    event.type,
                    event.data,
                    domain::to_string(event.time),
                    event.command_id,
                    event.command_position.value,
                    event.ordinal,
                    std::string(event.last ? "t" : "f"),
                    event.issuer.subject,
                    event.issuer.claims,
                    event.correlation_id,
                    event.trace_parent,
                    event.issuer.token_issuer
                );
            stream.complete();
        }
        pqxx::stream_to stream(transaction, "event_recipients", recipients);
        for (const auto& event : events)
            for (const auto& user : event.hears)
                stream << std::make_tuple(user, event.position.value);
        stream.complete();
    });
}

void PostgresStoreImport::add(std::span<const domain::BesideRow> rows) {
    in_transaction(connection_, [&](pqxx::work& transaction) {
        for (const auto& row : rows) put_beside(transaction, row);
        transaction.exec_params(move_beside, static_cast<std::int64_t>(rows.size()));
    });
}

std::string PostgresStoreImport::command_id(domain::Position position) {
    return connection_.session().run(read_command_id, position.value).front()[0].c_str();
}

std::vector<domain::StreamVersion> PostgresStoreImport::versions(
    std::span<const domain::StreamId> streams
) {
    ArrayText categories, entities;
    for (const auto& stream : streams) {
        categories.add(stream.category);
        entities.add(stream.entity);
    }
    std::vector<domain::StreamVersion> versions;
    for (const auto& row : connection_.session().run(
             read_versions, std::move(categories).take(), std::move(entities).take()
         ))
        versions.push_back({row[0].as<std::int64_t>()});
    return versions;
}

domain::Position
PostgresStoreImport::position_of(const domain::StreamId& stream, domain::StreamVersion version) {
    return {connection_.session()
                .run(read_position_of, stream.category, stream.entity, version.value)
                .front()[0]
                .as<std::int64_t>()};
}

std::vector<domain::TakenKey> PostgresStoreImport::reserve(
    std::span<const domain::StreamKeys> streams
) {
    std::map<std::string, std::vector<StreamKeys>> categories;
    for (const auto& told : streams)
        categories[told.stream.category].push_back({told.stream.entity, told.version, told.keys});
    std::vector<domain::TakenKey> taken;
    PostgresReservations reservations(connection_);
    for (const auto& [category, of_category] : categories)
        for (const auto& [entity, scope, key, holder] :
             reservations.reserve(category, of_category).taken)
            taken.push_back({{category, entity}, scope, key, holder});
    return taken;
}

void PostgresStoreImport::finish(const domain::ImportEnd& end) {
    in_transaction(connection_, [&](pqxx::work& transaction) {
        transaction.exec(lock_both_logs);
        if (!under_way(transaction)) return;  // it was done, and nobody was told
        if (place_of(transaction) != end.rows || !end_import(transaction, end))
            refuse_import("the store has other rows than were imported: --restart begins anew");
        open_tables(transaction);
        transaction.exec(finish_import);
    });
    connection_.session().use([](pqxx::connection& opened) {
        for (const auto* analyze : analyze_all) pqxx::nontransaction(opened).exec(analyze);
    });
}

void PostgresStoreImport::abandon() {
    in_transaction(connection_, [&](pqxx::work& transaction) {
        transaction.exec(lock_both_logs);
        if (!under_way(transaction)) return;
        transaction.exec(empty_all);
        open_tables(transaction);
        transaction.exec(forget_import);
    });
}

}  // namespace infra::postgres
