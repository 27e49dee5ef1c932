#include "infra/postgres/import_end.hpp"

namespace infra::postgres {
namespace {

/// The whole of both logs is looked at, which the sessions' plans for single rows would not do.
constexpr auto plan_for_all =
    "set local enable_seqscan = on; set local enable_hashjoin = on; set local enable_mergejoin = "
    "on";

constexpr auto count_rows = "select (select count(*) from commands), (select count(*) from events)";

constexpr auto begin_life =
    "update logs set incarnation = $1, partitions = coalesce(partitions, nullif($2, 0)),"
    " generation = generation + 1, generation_begun = $3";

/// A command is done when an event names it.
constexpr auto find_open =
    "create temporary table open_commands on commit drop as"
    " select c.category, c.entity_hash % coalesce(l.partitions, 1) as partition,"
    "  min(c.position) as first"
    " from commands c join logs l on l.name = 'commands'"
    " where not exists (select from events e where e.command_position = c.position)"
    " group by 1, 2";

constexpr auto set_owners = R"(
    with newest as (select coalesce(max(epoch), 0) + 1 as epoch from partition_epochs),
    gone as (delete from partition_epochs)
    select epoch from newest)";

constexpr auto add_owners =
    "insert into partition_epochs select c.category, n.n, $1"
    " from (select distinct category from commands) c cross join logs l"
    " cross join generate_series(0, l.partitions - 1) n (n) where l.name = 'commands'";

constexpr auto forget_progress = "delete from partition_progress";

constexpr auto set_progress =
    "insert into partition_progress select e.category, e.partition, coalesce(o.first - 1, $1)"
    " from partition_epochs e left join open_commands o using (category, partition)"
    " where coalesce(o.first - 1, $1) > 0";

constexpr auto depose_relays =
    "insert into relay_leases as l select name, 1, '', '-infinity' from logs"
    " on conflict (log) do update set epoch = l.epoch + 1, holder = '', expires_at = '-infinity'";

constexpr auto forget_checkpoints = "delete from relay_checkpoints";

constexpr auto set_checkpoints =
    "insert into relay_checkpoints"
    " (log, position, cluster_id, topics, partitions, positions, offsets)"
    " select l.log, l.position, '', '{}'::text[], '{}'::integer[], '{}'::bigint[], '{}'::bigint[]"
    " from (values ('commands', coalesce((select min(o.first) - 1 from open_commands o), $1)),"
    "  ('events', $2)) l (log, position)";

}  // namespace

bool end_import(pqxx::work& transaction, const domain::ImportEnd& end) {
    const auto commands = end.rows.commands.value, events = end.rows.events.value;
    transaction.exec(plan_for_all);
    const auto counts = transaction.exec1(count_rows);
    if (counts[0].as<std::int64_t>() != commands || counts[1].as<std::int64_t>() != events)
        return false;
    transaction.exec_params(begin_life, end.incarnation, end.partitions, commands);
    transaction.exec(find_open);
    const auto epoch = transaction.exec1(set_owners)[0].as<std::int64_t>();
    transaction.exec_params(add_owners, epoch);
    transaction.exec(forget_progress);
    transaction.exec_params(set_progress, commands);
    transaction.exec(depose_relays);
    transaction.exec(forget_checkpoints);
    transaction.exec_params(set_checkpoints, commands, events);
    return true;
}

}  // namespace infra::postgres
