#include "tests/simulation/simulation.hpp"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

namespace simulation {
namespace {

struct Simulation : testing::Test {
    Simulation() { spdlog::set_level(spdlog::level::off); }
};

TEST_F(Simulation, OfTheSameSeedIsTheSameToTheLetter) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const Plan plan{.seed = seed, .steps = 1'000, .without = {}};
        EXPECT_EQ(simulate(plan, true).trace, simulate(plan, true).trace) << "seed " << seed;
    }
}

TEST_F(Simulation, LeavesOutTheFaultsThatItIsToldTo) {
    Plan plan{.seed = 3, .steps = 500, .without = {}};
    for (int fault = 1; fault < 100'000; ++fault) plan.without.insert(fault);
    for (const auto count : simulate(plan).faults) EXPECT_EQ(count, 0U);
}

TEST_F(Simulation, MeetsEveryKindOfFault) {
    FaultCounts sum{};
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const Outcome outcome = simulate({.seed = seed, .steps = 1'000, .without = {}});
        EXPECT_TRUE(outcome.broken.empty()) << "seed " << seed;
        for (std::size_t i = 0; i < fault_kinds; ++i) sum[i] += outcome.faults[i];
    }
    for (std::size_t i = 0; i < fault_kinds; ++i)
        EXPECT_GT(sum[i], 0U) << to_string(static_cast<Fault>(i));
}

}  // namespace
}  // namespace simulation
