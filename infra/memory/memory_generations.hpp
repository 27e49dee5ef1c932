#pragma once

#include "domain/ports/generations.hpp"
#include "infra/memory/memory_store.hpp"

namespace infra::memory {

class MemoryGenerations final : public domain::Generations {
  public:
    explicit MemoryGenerations(MemoryStore& store) : store_(store) {}

    /// As the first process does. The number in force from then on.
    std::int32_t fix(std::int32_t partitions);

    domain::Generation present() override;
    Begun begin(const domain::NextGeneration& next) override;

  private:
    MemoryStore& store_;
};

}  // namespace infra::memory
