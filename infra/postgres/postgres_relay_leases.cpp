#include "infra/postgres/postgres_relay_leases.hpp"

#include "infra/postgres/array_text.hpp"
#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

namespace infra::postgres {
namespace {

const Statement take_lease{"take_lease", "select take_lease($1, $2, $3)"};

const Statement renew_lease{"renew_lease", "select renew_lease($1, $2, $3)"};

const Statement release_lease{"release_lease", "select release_lease($1, $2)"};

const Statement read_holder{
    "read_holder",
    "select l.holder, l.epoch,"
    " (extract(epoch from l.expires_at - clock_timestamp()) * 1000)::bigint"
    " from relay_leases l where l.log = $1 and l.expires_at > clock_timestamp()"};

const Statement load_checkpoint{
    "load_checkpoint",
    "select" + generation_columns +
        ", coalesce(c.position, 0), coalesce(c.cluster_id, ''), m.topic, m.partition, m.position,"
        " m.sent_offset from logs l left join lateral ("
        "  select * from relay_checkpoints where log = l.name order by number desc limit 1"
        " ) c on true left join lateral unnest(c.topics, c.partitions, c.positions, c.offsets)"
        " as m (topic, partition, position, sent_offset) on true where l.name = $1"};

const Statement save_checkpoint{
    "save_checkpoint",
    "select save_checkpoint($1, $2, $3, $4, $5, $6, $7, $8)"};

std::string name_of(domain::Log log) { return std::string(domain::to_string(log)); }

}  // namespace

std::optional<domain::Epoch> PostgresRelayLeases::acquire(
    domain::Log log,
    const std::string& holder,
    std::chrono::milliseconds ttl
) {
    const auto epoch =
        connection_.session().run(take_lease, name_of(log), holder, ttl.count()).front()[0];
    if (epoch.is_null()) return std::nullopt;
    return domain::Epoch{epoch.as<std::int64_t>()};
}

bool PostgresRelayLeases::renew(
    domain::Log log,
    domain::Epoch epoch,
    std::chrono::milliseconds ttl
) {
    return connection_.session()
        .run(renew_lease, name_of(log), epoch.value, ttl.count())
        .front()[0]
        .as<bool>();
}

void PostgresRelayLeases::release(domain::Log log, domain::Epoch epoch) {
    connection_.session().run(release_lease, name_of(log), epoch.value);
}

std::optional<domain::LeaseHolder> PostgresRelayLeases::holder(domain::Log log) {
    const auto rows = connection_.session().run(read_holder, name_of(log));
    if (rows.empty()) return std::nullopt;
    const auto row = rows.front();
    return domain::LeaseHolder{
        row[0].c_str(),
        {row[1].as<std::int64_t>()},
        std::chrono::milliseconds(row[2].as<std::int64_t>())};
}

domain::RelayCheckpoint PostgresRelayLeases::load(domain::Log log) {
    domain::RelayCheckpoint checkpoint;
    for (const auto& row : connection_.session().run(load_checkpoint, name_of(log))) {
        checkpoint.generation = generation_of(row);
        checkpoint.position.value = row[3].as<std::int64_t>();
        checkpoint.cluster_id = row[4].c_str();
        if (row[5].is_null()) continue;  // a checkpoint without marks
        checkpoint.marks.push_back(
            {{row[5].c_str(), row[6].as<std::int32_t>()},
             {row[7].as<std::int64_t>()},
             row[8].as<std::int64_t>()}
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
    const auto rows = connection_.session().run(
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
    return rows.front()[0].as<bool>();
}

}  // namespace infra::postgres
