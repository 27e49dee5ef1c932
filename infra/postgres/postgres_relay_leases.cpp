#include "infra/postgres/postgres_relay_leases.hpp"

#include "infra/postgres/array_text.hpp"
#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

namespace infra::postgres {
namespace {

/// A lease that ends later than a new one would was given before the clock went back. The clock is
/// read again there: the row may have been waited for while its holder renewed it.
const Statement acquire_lease{
    "acquire_lease",
    "insert into relay_leases as l (log, epoch, holder, expires_at)"
    " values ($1, 1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond')"
    " on conflict (log) do update set"
    " epoch = l.epoch + 1, holder = excluded.holder, expires_at = excluded.expires_at"
    " where l.holder = excluded.holder or l.expires_at <= clock_timestamp()"
    " or l.expires_at > clock_timestamp() + $3::bigint * interval '1 millisecond'"
    " returning epoch"};

/// Comes every few seconds, so it is also the time to forget all checkpoints but the newest.
const Statement renew_lease{
    "renew_lease",
    "with renewed as (update relay_leases"
    " set expires_at = clock_timestamp() + $3::bigint * interval '1 millisecond'"
    " where log = $1 and epoch = $2 returning log),"
    " pruned as (delete from relay_checkpoints c using renewed r"
    " where c.log = r.log and c.number < ("
    " select n.number from relay_checkpoints n where n.log = $1 order by n.number desc limit 1))"
    " select log from renewed"};

const Statement release_lease{
    "release_lease",
    "update relay_leases set expires_at = '-infinity' where log = $1 and epoch = $2"};

const Statement load_checkpoint{
    "load_checkpoint",
    "select c.position, c.cluster_id, m.topic, m.partition, m.position, m.sent_offset"
    " from (select * from relay_checkpoints where log = $1 order by number desc limit 1) c"
    " left join lateral unnest(c.topics, c.partitions, c.positions, c.offsets)"
    " as m (topic, partition, position, sent_offset) on true"};

/// The row lock on the lease makes a save and an acquire wait for each other.
const Statement save_checkpoint{
    "save_checkpoint",
    "insert into relay_checkpoints"
    " (log, position, cluster_id, topics, partitions, positions, offsets)"
    " select log, $3::bigint, $4, $5::text[], $6::integer[], $7::bigint[], $8::bigint[]"
    " from (select log from relay_leases where log = $1 and epoch = $2 for share) lease"};

std::string name_of(domain::Log log) { return std::string(domain::to_string(log)); }

}  // namespace

std::optional<domain::Epoch> PostgresRelayLeases::acquire(
    domain::Log log,
    const std::string& holder,
    std::chrono::milliseconds ttl
) {
    const auto rows = connection_.session().run(acquire_lease, name_of(log), holder, ttl.count());
    if (rows.empty()) return std::nullopt;
    return domain::Epoch{rows.front()[0].as<std::int64_t>()};
}

bool PostgresRelayLeases::renew(
    domain::Log log,
    domain::Epoch epoch,
    std::chrono::milliseconds ttl
) {
    return !connection_.session().run(renew_lease, name_of(log), epoch.value, ttl.count()).empty();
}

void PostgresRelayLeases::release(domain::Log log, domain::Epoch epoch) {
    connection_.session().run(release_lease, name_of(log), epoch.value);
}

domain::RelayCheckpoint PostgresRelayLeases::load(domain::Log log) {
    domain::RelayCheckpoint checkpoint;
    for (const auto& row : connection_.session().run(load_checkpoint, name_of(log))) {
        checkpoint.position.value = row[0].as<std::int64_t>();
        checkpoint.cluster_id = row[1].c_str();
        if (row[2].is_null()) continue;  // a checkpoint without marks
        checkpoint.marks.push_back(
            {{row[2].c_str(), row[3].as<std::int32_t>()},
             {row[4].as<std::int64_t>()},
             row[5].as<std::int64_t>()}
        );
    }
    return checkpoint;
}

bool PostgresRelayLeases::save(
    domain::Log log,
    domain::Epoch epoch,
    const domain::RelayCheckpoint& checkpoint
) {
    ArrayText topics, partitions, positions, offsets;
    for (const auto& mark : checkpoint.marks) {
        topics.add(mark.partition.topic);
        partitions.add(std::int64_t{mark.partition.partition});
        positions.add(mark.position.value);
        offsets.add(mark.offset);
    }
    const auto result = connection_.session().run(
        save_checkpoint,
        name_of(log),
        epoch.value,
        checkpoint.position.value,
        checkpoint.cluster_id,
        std::move(topics).take(),
        std::move(partitions).take(),
        std::move(positions).take(),
        std::move(offsets).take()
    );
    return result.affected_rows() == 1;
}

}  // namespace infra::postgres
