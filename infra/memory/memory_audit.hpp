#pragma once

#include "domain/ports/audit.hpp"
#include "infra/memory/memory_store.hpp"

namespace infra::memory {

/// A MemoryStore, of which all that may be doubted is told.
class MemoryAudit final : public domain::Audit {
  public:
    explicit MemoryAudit(MemoryStore& store) : store_(store) {}

    domain::LogBounds bounds(domain::Log log) override;
    domain::Standing standing() override;
    std::vector<domain::Position> holes(
        domain::Log log,
        domain::Position after,
        domain::Position up_to,
        std::size_t limit
    ) override;
    std::vector<domain::PartitionAnswers>
    answers(domain::Position after, domain::Position up_to, std::int32_t partitions) override;
    std::vector<domain::EventEnvelope> answer_events(domain::Position after, domain::Position up_to)
        override;
    std::vector<domain::Position>
    strays(domain::Position after, domain::Position up_to, std::size_t limit) override;
    std::vector<domain::Recipient> recipients(domain::Position after, domain::Position up_to)
        override;
    std::vector<domain::Snapshot> snapshots(
        const std::string& category,
        const std::string& form,
        const std::string& after,
        const std::string& up_to,
        std::size_t limit
    ) override;
    std::vector<domain::HeldKey> keys(
        const std::string& category,
        const std::string& after,
        const std::optional<std::string>& up_to
    ) override;
    domain::Holding holding(const domain::StreamId& stream) override;

  private:
    MemoryStore& store_;
};

}  // namespace infra::memory
