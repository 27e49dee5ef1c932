#pragma once

#include "domain/ports/clock.hpp"
#include "domain/ports/record_keys.hpp"
#include "infra/memory/memory_store.hpp"

namespace infra::memory {

/// Keys age by the clock given, which stands for the store's own. They are not random, so that what
/// is signed with them is the same each time.
class MemoryRecordKeys final : public domain::RecordKeys {
  public:
    MemoryRecordKeys(MemoryStore& store, const domain::Clock& clock)
        : store_(store), clock_(clock) {}

    std::vector<domain::RecordKey> valid() override;
    std::vector<domain::RecordKey> renew(std::chrono::seconds max_age, std::size_t keep) override;

  private:
    MemoryStore& store_;
    const domain::Clock& clock_;
};

}  // namespace infra::memory
