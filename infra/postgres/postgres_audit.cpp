#include "infra/postgres/postgres_audit.hpp"

#include "infra/postgres/array_text.hpp"
#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

#include <algorithm>
#include <future>
#include <iterator>
#include <numeric>
#include <utility>

namespace infra::postgres {
namespace {

using domain::Position;

const Statement read_commands_bounds{
    "read_commands_bounds",
    "select l.floor, greatest(l.floor, ("
    "  select c.position from commands c order by c.position desc limit 1))"
    " from logs l where l.name = 'commands'"};

const Statement read_events_bounds{
    "read_events_bounds",
    "select l.floor, greatest(l.floor, ("
    "  select e.position from events e order by e.position desc limit 1))"
    " from logs l where l.name = 'events'"};

const Statement read_unclaimed{
    "read_unclaimed",
    "select distinct p.category, p.partition from partition_progress p where not exists ("
    " select from partition_epochs e where e.category = p.category and e.partition = p.partition)"
    " order by 1, 2"};

const Statement read_attempts_of_none{
    "read_attempts_of_none",
    "select a.command_position from command_attempts a cross join logs l"
    " where l.name = 'commands' and a.command_position > l.floor and ("
    "  select true from commands c where c.position = a.command_position limit 1) is null"
    " order by 1"};

const Statement read_reserving_after{
    "read_reserving_after",
    "select r.category from reservations r where r.category > $1 order by r.category limit 1"};

const Statement count_commands{
    "count_commands",
    "select count(*) from commands c where c.position > $1 and c.position <= $2"};

const Statement count_events{
    "count_events",
    "select count(*) from events e where e.position > $1 and e.position <= $2"};

const Statement find_holes_in_commands{
    "find_holes_in_commands",
    "select n from generate_series($1::bigint + 1, $2) n"
    " where not exists (select from commands c where c.position = n) order by n limit $3"};

const Statement find_holes_in_events{
    "find_holes_in_events",
    "select n from generate_series($1::bigint + 1, $2) n"
    " where not exists (select from events e where e.position = n) order by n limit $3"};

/// Both logs are walked side by side, which the sessions' plans for single rows would not do.
constexpr auto walk_side_by_side =
    "set local enable_mergejoin = on; set local max_parallel_workers_per_gather = 0";

/// Does an event say of its command what that says itself, and stand in its stream, or as its one
/// outcome?
const std::string is_of_command = R"(
    e.command_id = c.id and e.subject = c.subject and e.issuer = c.issuer
    and e.correlation_id = c.correlation_id
    and (e.category = c.category and e.entity = c.entity
        or e.category = '$command' and e.entity = c.id::text and e.version = 1
            and e.type in ('unchanged', 'rejected', 'failed')))";

/// Most answers are one event; it alone is looked at here.
const std::string read_answers = R"(
    select p.category, p.partition, max(p.position) filter (where p.events > 0),
        array_agg(p.position) filter (where p.events = 0),
        array_agg(p.position) filter (where p.events > 1 or not p.evident)
    from (
        select c.position, c.category, c.entity_hash % $3 as partition,
            count(e.position) as events,
            bool_and(e.ordinal = 0 and e.last and)" +
                                 is_of_command + R"() as evident
        from commands c left join events e on e.command_position = c.position
            and e.command_position > $1 and e.command_position <= $2
        where c.position > $1 and c.position <= $2
        group by c.position
    ) p
    group by p.category, p.partition)";

/// And here those of several, which are numbered from 0 to the last one. Two of one stream have two
/// versions, so where version and number are always as far apart, no number is there twice.
const Statement find_doubtful{
    "find_doubtful",
    "select c.position from commands c join events e on e.command_position = c.position"
    " where c.position = any($1::bigint[]) group by c.position having not (bool_and(" +
        is_of_command + R"()
            and min(e.version - e.ordinal) = max(e.version - e.ordinal)
            and min(e.ordinal) = 0 and max(e.ordinal) = count(*) - 1
            and sum(case when e.last then 1000000 + e.ordinal::bigint else 0 end)
                = 1000000 + count(*) - 1)
        order by c.position)"};

const Statement read_answer_events{
    "read_answer_events",
    "select" + event_columns +
        "from events e where e.command_position > $1 and e.command_position <= $2"
        " order by e.command_position, e.ordinal"};

constexpr auto find_strays =
    "select distinct e.command_position from events e left join commands c"
    " on c.position = e.command_position and c.position > $1 and c.position <= $2"
    " where e.command_position > $1 and e.command_position <= $2 and c.position is null"
    " order by e.command_position limit $3";

constexpr auto find_wrong_recipients = R"(
    select r.position, r.recipient, e.position is not null,
            coalesce(r.recipient = sender.key, false)
        from event_recipients r
        left join events e on e.position = r.position
        left join lateral (
            select case when e.issuer = '' and position(' ' in e.subject) = 0 then e.subject
                else e.issuer || ' ' || e.subject end as key
        ) sender on true
        where r.position > $1 and r.position <= $2 and (
            e.position is null or r.recipient = sender.key
            or r.recipient ~ '^$|[[:cntrl:]]' or octet_length(r.recipient) > 511)
        order by r.position, r.recipient)";

const Statement read_snapshots_after{
    "read_snapshots_after",
    "select s.category, s.entity, s.version, s.last_event, s.incarnation, s.state"
    " from snapshots s where s.category = $1 and s.form = $2 and s.entity > $3 and s.entity <= $4"
    " and snapshot_stands(s) order by s.entity limit $5"};

const Statement read_keys_after{
    "read_keys_after",
    "select r.entity, r.scope, r.key from reservations r where r.category = $1 and r.entity > $2"
    " order by r.entity, r.scope, r.key"};

const Statement read_keys_between{
    "read_keys_between",
    "select r.entity, r.scope, r.key from reservations r"
    " where r.category = $1 and r.entity > $2 and r.entity <= $3"
    " order by r.entity, r.scope, r.key"};

const Statement read_holding{
    "read_holding",
    R"(select v.version, r.scope, r.key
        from (select coalesce((
            select e.version from events e where e.category = $1 and e.entity = $2
            order by e.version desc limit 1
        ), 0) as version) v
        left join reservations r on r.category = $1 and r.entity = $2
        order by r.scope, r.key)"};

Position position_of(const pqxx::row& row) { return {row[0].as<std::int64_t>()}; }

domain::CommandPartition partition_of(const pqxx::row& row) {
    return {row[0].c_str(), row[1].as<std::int32_t>()};
}

domain::HeldKey held_key_of(const pqxx::row& row) {
    return {row[0].c_str(), row[1].c_str(), row[2].c_str()};
}

domain::Recipient recipient_of(const pqxx::row& row) {
    return {position_of(row), row[1].c_str(), row[2].as<bool>(), row[3].as<bool>()};
}

/// In no order that PostgreSQL would promise.
std::vector<Position> positions_of(const pqxx::field& array) {
    std::vector<Position> positions;
    if (array.is_null()) return positions;
    auto parser = array.as_array();
    for (auto part = parser.get_next(); part.first != pqxx::array_parser::done;
         part = parser.get_next())
        if (part.first == pqxx::array_parser::string_value)
            positions.push_back({std::stoll(part.second)});
    return positions;
}

domain::PartitionAnswers answers_of(const pqxx::row& row) {
    return {
        .partition = partition_of(row),
        .answered = {row[2].is_null() ? 0 : row[2].as<std::int64_t>()},
        .pending = positions_of(row[3]),
        .doubtful = positions_of(row[4])};
}

template <class... Values>
pqxx::result walk(Connection& connection, const std::string& query, const Values&... values) {
    pqxx::result rows;
    connection.session().use([&](pqxx::connection& opened) {
        pqxx::work transaction(opened);
        transaction.exec0(walk_side_by_side);
        rows = transaction.exec_params(query, values...);
        transaction.commit();
    });
    return rows;
}

/// Leaves only those of several events that are no evident answer.
void keep_doubtful(Connection& connection, std::vector<domain::PartitionAnswers>& all) {
    ArrayText positions;
    bool any = false;
    for (const auto& answers : all) {
        for (const Position position : answers.doubtful) positions.add(position.value);
        any = any || !answers.doubtful.empty();
    }
    if (!any) return;
    const auto rows = connection.session().run(find_doubtful, std::move(positions).take());
    const auto doubtful = all_of(rows, position_of);
    for (auto& answers : all)
        std::erase_if(answers.doubtful, [&](const Position position) {
            return !std::ranges::binary_search(doubtful, position);
        });
}

/// `look` at both halves of a range, at the same time.
template <class Look>
auto both_halves(Connection& one, Connection& other, Position after, Position up_to, Look look) {
    const Position middle{std::midpoint(after.value, up_to.value)};
    if (middle == after) return look(one, after, up_to);
    auto second = std::async(std::launch::async, [&] { return look(other, middle, up_to); });
    auto all = look(one, after, middle);
    auto rest = second.get();
    all.insert(all.end(), std::move_iterator(rest.begin()), std::move_iterator(rest.end()));
    return all;
}

}  // namespace

domain::LogBounds PostgresAudit::bounds(domain::Log log) {
    const auto& statement =
        log == domain::Log::commands ? read_commands_bounds : read_events_bounds;
    const auto row = connection_.session().run(statement).front();
    return {position_of(row), {row[1].as<std::int64_t>()}};
}

domain::Standing PostgresAudit::standing() {
    auto& session = connection_.session();
    domain::Standing standing;
    standing.unclaimed = all_of(session.run(read_unclaimed), partition_of);
    standing.attempts_of_none = all_of(session.run(read_attempts_of_none), position_of);
    for (std::string last;; last = standing.reserving.back()) {
        const auto rows = session.run(read_reserving_after, last);
        if (rows.empty()) return standing;
        standing.reserving.emplace_back(rows.front()[0].c_str());
    }
}

std::vector<Position>
PostgresAudit::holes(domain::Log log, Position after, Position up_to, std::size_t limit) {
    const bool commands = log == domain::Log::commands;
    const auto look = [&](Connection& connection, Position from, Position to) {
        auto& session = connection.session();
        const auto rows =
            session.run(commands ? count_commands : count_events, from.value, to.value);
        if (position_of(rows.front()).value == to.value - from.value)
            return std::vector<Position>{};
        return all_of(
            session.run(
                commands ? find_holes_in_commands : find_holes_in_events,
                from.value,
                to.value,
                limit_of(limit)
            ),
            position_of
        );
    };
    auto holes = both_halves(connection_, beside_, after, up_to, look);
    if (holes.size() > limit) holes.resize(limit);
    return holes;
}

std::vector<domain::PartitionAnswers>
PostgresAudit::answers(Position after, Position up_to, std::int32_t partitions) {
    const auto look = [&](Connection& connection, Position from, Position to) {
        const auto rows = walk(connection, read_answers, from.value, to.value, partitions);
        auto all = all_of(rows, answers_of);
        keep_doubtful(connection, all);
        return all;
    };
    return both_halves(connection_, beside_, after, up_to, look);
}

std::vector<domain::EventEnvelope> PostgresAudit::answer_events(Position after, Position up_to) {
    const auto look = [](Connection& connection, Position from, Position to) {
        return all_of(connection.session().run(read_answer_events, from.value, to.value), event_of);
    };
    return both_halves(connection_, beside_, after, up_to, look);
}

std::vector<Position> PostgresAudit::strays(Position after, Position up_to, std::size_t limit) {
    const auto look = [&](Connection& connection, Position from, Position to) {
        const auto rows = walk(connection, find_strays, from.value, to.value, limit_of(limit));
        return all_of(rows, position_of);
    };
    auto strays = both_halves(connection_, beside_, after, up_to, look);
    if (strays.size() > limit) strays.resize(limit);
    return strays;
}

std::vector<domain::Recipient> PostgresAudit::recipients(Position after, Position up_to) {
    const auto look = [&](Connection& connection, Position from, Position to) {
        return all_of(walk(connection, find_wrong_recipients, from.value, to.value), recipient_of);
    };
    return both_halves(connection_, beside_, after, up_to, look);
}

std::vector<domain::Snapshot> PostgresAudit::snapshots(
    const std::string& category,
    const std::string& form,
    const std::string& after,
    const std::string& up_to,
    std::size_t limit
) {
    return all_of(
        connection_.session().run(
            read_snapshots_after, category, form, after, up_to, limit_of(limit)
        ),
        snapshot_of
    );
}

std::vector<domain::HeldKey> PostgresAudit::keys(
    const std::string& category,
    const std::string& after,
    const std::optional<std::string>& up_to
) {
    auto& session = connection_.session();
    return all_of(
        up_to ? session.run(read_keys_between, category, after, *up_to)
              : session.run(read_keys_after, category, after),
        held_key_of
    );
}

domain::Holding PostgresAudit::holding(const domain::StreamId& stream) {
    domain::Holding holding;
    for (const auto& row :
         connection_.session().run(read_holding, stream.category, stream.entity)) {
        holding.version = {row[0].as<std::int64_t>()};
        if (!row[1].is_null())
            holding.keys.push_back({stream.entity, row[1].c_str(), row[2].c_str()});
    }
    return holding;
}

}  // namespace infra::postgres
