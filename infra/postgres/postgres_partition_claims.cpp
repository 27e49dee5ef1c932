#include "infra/postgres/postgres_partition_claims.hpp"

#include "infra/postgres/array_text.hpp"
#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

namespace infra::postgres {
namespace {

const Statement claim_partitions{
    "claim_partitions",
    "select category, partition, epoch, done, $6::text"
    " from claim_partitions($1, $2, $3, $4, $5, $6)"};

const Statement read_partitions{
    "read_partitions",
    "select e.category, e.partition, e.epoch, coalesce(("
    " select p.position from partition_progress p"
    " where p.category = e.category and p.partition = e.partition"
    " order by p.position desc limit 1), 0), e.holder"
    " from partition_epochs e join logs l on l.name = 'commands'"
    " where e.partition < l.partitions or l.partitions is null"
    " order by e.category, e.partition"};

const Statement prune_progress{"prune_progress", "select prune_progress()"};

domain::Claim claim_of(const pqxx::row& row) {
    return {
        {row[0].c_str(), row[1].as<std::int32_t>()},
        {row[2].as<std::int64_t>()},
        {row[3].as<std::int64_t>()},
        row[4].c_str()};
}

}  // namespace

std::vector<domain::Claim> PostgresPartitionClaims::claim(
    std::span<const domain::CommandPartition> partitions,
    const domain::Generation& generation
) {
    ArrayText categories, numbers;
    for (const auto& [category, partition] : partitions) {
        categories.add(category);
        numbers.add(std::int64_t{partition});
    }
    return all_of(
        connection_.session().run(
            claim_partitions,
            std::move(categories).take(),
            std::move(numbers).take(),
            generation.number,
            generation.partitions,
            generation.begun.value,
            holder_
        ),
        claim_of
    );
}

std::vector<domain::Claim> PostgresPartitionClaims::all() {
    return all_of(connection_.session().run(read_partitions), claim_of);
}

void PostgresPartitionClaims::prune() { connection_.session().run(prune_progress); }

}  // namespace infra::postgres
