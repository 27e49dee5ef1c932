#pragma once

#include "domain/ports/store_export.hpp"
#include "infra/memory/memory_store.hpp"

namespace infra::memory {

class MemoryStoreExport final : public domain::StoreExport {
  public:
    explicit MemoryStoreExport(MemoryStore& store) : store_(store) {}

    domain::LogEnd end(domain::Log log) override;
    std::vector<domain::ArchivedCommand> commands(domain::Position after, domain::Position up_to)
        override;
    std::vector<domain::EventEnvelope> events(domain::Position after, domain::Position up_to)
        override;
    std::vector<domain::LetterNote> letters(domain::Position after, std::size_t limit) override;
    std::vector<domain::AttemptedCommand> attempts() override;
    std::vector<domain::Subscription> subscriptions() override;

  private:
    MemoryStore& store_;
};

}  // namespace infra::memory
