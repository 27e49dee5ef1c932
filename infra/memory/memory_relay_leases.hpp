#pragma once

#include "domain/ports/clock.hpp"
#include "infra/memory/memory_store.hpp"

namespace infra::memory {

/// Leases run out by the clock given, which stands for the store's own.
class MemoryRelayLeases final : public domain::RelayLeases {
  public:
    MemoryRelayLeases(MemoryStore& store, const domain::Clock& clock)
        : store_(store), clock_(clock) {}

    std::optional<domain::Epoch>
    acquire(domain::Log log, const std::string& holder, std::chrono::milliseconds ttl) override;
    bool renew(domain::Log log, domain::Epoch epoch, std::chrono::milliseconds ttl) override;
    void release(domain::Log log, domain::Epoch epoch) override;
    std::optional<domain::LeaseHolder> holder(domain::Log log) override;
    domain::RelayCheckpoint load(domain::Log log) override;
    bool save(domain::Log log, domain::Epoch epoch, const domain::RelayCheckpoint& checkpoint)
        override;

  private:
    MemoryStore& store_;
    const domain::Clock& clock_;
};

}  // namespace infra::memory
