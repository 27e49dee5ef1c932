#pragma once

#include "infra/memory/memory_store.hpp"

namespace infra::memory {

class MemoryPartitionClaims final : public domain::PartitionClaims {
  public:
    explicit MemoryPartitionClaims(MemoryStore& store) : store_(store) {}

    std::vector<domain::Claim> claim(
        std::span<const domain::CommandPartition> partitions,
        const domain::Generation& generation
    ) override;
    std::vector<domain::Claim> all() override;
    void prune() override {}  // the newest progress is all that is kept

  private:
    MemoryStore& store_;
};

}  // namespace infra::memory
