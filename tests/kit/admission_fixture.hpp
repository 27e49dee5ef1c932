#pragma once

#include "gateway/commands/admission.hpp"
#include "gateway/commands/example_aggregate.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_append_notices.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_relay_leases.hpp"

#include <gtest/gtest.h>

namespace kit {

/// A door with small limits, and a store in memory behind it.
class AdmissionFixture : public ::testing::Test {
  protected:
    infra::memory::MemoryStore store_;
    infra::memory::MemoryCommandLog log_{store_};
    infra::memory::MemoryAppendNotices notices_;
    infra::memory::MemoryAppendNotifier notifier_{notices_};
    infra::memory::ManualClock clock_;
    std::vector<domain::AggregatePtr> aggregates_ = gateway::commands::testing::counters();
    gateway::commands::Intake intake_{
        log_,
        notifier_,
        clock_,
        {.waiting_max = 2, .waiting_max_per_user_percent = 100}};
    infra::memory::MemoryPartitionClaims claims_{store_};
    infra::memory::MemoryRelayLeases leases_{store_, clock_};
    gateway::commands::Backlog
        backlog_{log_, claims_, leases_, {}, 8, {.commands_max = 6, .per_user_percent = 100}};
    gateway::RateLimiter rate_{clock_, {.per_s = 1, .burst = 4}};
    gateway::RateLimiter bytes_{clock_, {.per_s = 100, .burst = 2'000}};
    gateway::commands::Admission
        admission_{{aggregates_}, rate_, bytes_, intake_, backlog_, clock_};
};

}  // namespace kit
