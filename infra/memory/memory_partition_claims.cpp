#include "infra/memory/memory_partition_claims.hpp"

namespace infra::memory {

std::vector<domain::Claim> MemoryPartitionClaims::claim(
    std::span<const domain::CommandPartition> partitions,
    const domain::Generation& generation
) {
    return store_.write([&](Tables& tables) {
        std::vector<domain::Claim> claimed;
        domain::Generation present = tables.generation;
        if (present.partitions == 0) present.partitions = generation.partitions;
        if (present != generation) return claimed;
        for (const auto& partition : partitions) {
            auto& claim = tables.claims[partition];
            claim.partition = partition;
            ++claim.epoch.value;
            claim.holder = holder_;
            claimed.push_back(claim);
        }
        return claimed;
    });
}

std::vector<domain::Claim> MemoryPartitionClaims::all() {
    return store_.read([](const Tables& tables) {
        std::vector<domain::Claim> all;
        const std::int32_t partitions = tables.generation.partitions;
        for (const auto& [partition, claim] : tables.claims)
            if (partitions == 0 || partition.partition < partitions) all.push_back(claim);
        return all;
    });
}

}  // namespace infra::memory
