#pragma once

#include "domain/ports/dead_letters.hpp"
#include "infra/memory/memory_store.hpp"

namespace infra::memory {

class MemoryDeadLetters final : public domain::DeadLetters {
  public:
    explicit MemoryDeadLetters(MemoryStore& store) : store_(store) {}

    void explain(std::span<const domain::FailedCommand> commands) override;
    std::vector<domain::DeadLetter> read(const domain::DeadLetterQuery& query, std::size_t limit)
        override;
    std::int64_t count(const domain::DeadLetterQuery& query) override;
    std::optional<domain::DeadLetter> find(const std::string& command_id) override;
    std::optional<domain::DeadLetterState>
    retry(const std::string& command_id, const std::string& as_id) override;
    std::optional<domain::DeadLetterState> drop(const std::string& command_id) override;

  private:
    MemoryStore& store_;
};

}  // namespace infra::memory
