#pragma once

#include "infra/memory/memory_store.hpp"

#include <string>
#include <utility>

namespace infra::memory {

class MemoryPartitionClaims final : public domain::PartitionClaims {
  public:
    explicit MemoryPartitionClaims(MemoryStore& store, std::string holder = {})
        : store_(store), holder_(std::move(holder)) {}

    std::vector<domain::Claim> claim(
        std::span<const domain::CommandPartition> partitions,
        const domain::Generation& generation
    ) override;
    std::vector<domain::Claim> all() override;
    void prune() override {}  // the newest progress is all that is kept

  private:
    MemoryStore& store_;
    const std::string holder_;
};

}  // namespace infra::memory
