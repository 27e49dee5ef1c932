#pragma once

#include "infra/memory/memory_store.hpp"

namespace infra::memory {

class MemoryCommandLog : public domain::CommandLog {
  public:
    explicit MemoryCommandLog(MemoryStore& store) : store_(store) {}

    std::vector<domain::Acceptance> append(std::span<const domain::NewCommand> batch) override;
    domain::Position head() override;
    std::optional<domain::StoredCommand> find(const std::string& id) override;
    std::optional<domain::StoredCommand> find(const std::string& id, const domain::Issuer& user)
        override;
    std::vector<domain::StoredCommand> read(domain::Position after, std::size_t limit) override;
    std::vector<domain::StoredCommand>
    read_range(const domain::CommandRange& range, std::size_t limit) override;

  private:
    MemoryStore& store_;
};

}  // namespace infra::memory
