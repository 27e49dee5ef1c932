#pragma once

#include "domain/ports/command_attempts.hpp"
#include "infra/memory/memory_store.hpp"

namespace infra::memory {

class MemoryCommandAttempts final : public domain::CommandAttempts {
  public:
    explicit MemoryCommandAttempts(MemoryStore& store) : store_(store) {}

    void add(const domain::StoredCommand& command, const domain::Failure& failure) override;
    Skipped skip(const std::string& command_id) override;
    std::vector<domain::AttemptedCommand> open() override;
    void prune() override;

  private:
    MemoryStore& store_;
};

}  // namespace infra::memory
