#pragma once

#include "infra/memory/memory_store.hpp"

namespace infra::memory {

class MemoryEventLog : public domain::EventLog {
  public:
    explicit MemoryEventLog(MemoryStore& store) : store_(store) {}

    domain::AppendResult append(const domain::EventBatch& batch) override;
    domain::Cursor head() override;
    std::vector<domain::EventEnvelope> read(domain::Position after, std::size_t limit) override;
    std::vector<domain::EventEnvelope>
    read_streams(std::span<const domain::StreamCursor> streams, std::size_t limit) override;
    std::vector<domain::EventEnvelope> read_user(
        const std::string& user,
        domain::Position after,
        domain::Position up_to,
        std::size_t limit
    ) override;
    std::vector<domain::EventEnvelope> read_command(domain::Position command_position) override;

  private:
    MemoryStore& store_;
};

}  // namespace infra::memory
