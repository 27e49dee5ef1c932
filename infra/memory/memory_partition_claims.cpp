#include "infra/memory/memory_partition_claims.hpp"

namespace infra::memory {

std::vector<domain::Claim> MemoryPartitionClaims::claim(
    std::span<const domain::CommandPartition> partitions
) {
    return store_.write([&](Tables& tables) {
        std::vector<domain::Claim> claimed;
        for (const auto& partition : partitions) {
            auto& claim = tables.claims[partition];
            claim.partition = partition;
            ++claim.epoch.value;
            claimed.push_back(claim);
        }
        return claimed;
    });
}

std::vector<domain::Claim> MemoryPartitionClaims::all() {
    return store_.read([](const Tables& tables) {
        std::vector<domain::Claim> all;
        for (const auto& [partition, claim] : tables.claims) all.push_back(claim);
        return all;
    });
}

}  // namespace infra::memory
