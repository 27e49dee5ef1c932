#pragma once

#include "domain/ports/subscriptions.hpp"
#include "infra/memory/memory_store.hpp"

namespace infra::memory {

class MemorySubscriptions final : public domain::Subscriptions {
  public:
    explicit MemorySubscriptions(MemoryStore& store) : store_(store) {}

    domain::Subscription claim(const std::string& name, const domain::Cursor& from) override;
    bool advance(const domain::Subscription& to) override;
    std::vector<domain::Subscription> all() override;
    bool drop(const std::string& name) override;

  private:
    MemoryStore& store_;
};

}  // namespace infra::memory
