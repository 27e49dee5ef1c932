#pragma once

#include "domain/ports/histories.hpp"
#include "infra/memory/memory_store.hpp"

namespace infra::memory {

/// The streams of a MemoryStore.
class MemoryHistories final : public domain::Histories {
  public:
    explicit MemoryHistories(MemoryStore& store) : store_(store) {}

    std::vector<std::string> categories() override;
    std::size_t count(const std::string& category) override;
    std::vector<domain::EventEnvelope>
    read(const domain::StreamId& after, domain::StreamVersion version, std::size_t limit) override;

  private:
    MemoryStore& store_;
};

}  // namespace infra::memory
