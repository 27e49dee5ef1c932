#include "tests/simulation/faults.hpp"

#include <utility>

namespace simulation {
namespace {

struct Kind {
    std::string_view name;
    int rate;  ///< usual, of 10,000 times that it could happen
};

constexpr std::array<Kind, fault_kinds> kinds{{
    {"crash", 40},
    {"restart", 20},
    {"freeze", 60},
    {"interleave", 300},
    {"store-away", 20},
    {"store-refuses", 60},
    {"lost-commit", 80},
    {"lagging-replica", 600},
    {"store-restored", 10},
    {"broker-away", 20},
    {"broker-wiped", 12},
    {"tail-lost", 20},
    {"lost-produce", 100},
    {"late-records", 2'000},
    {"repeated-records", 300},
    {"reordered-records", 300},
    {"delayed-records", 400},
    {"dropped-records", 1'000},
    {"foreign-records", 30},
    {"forged-records", 60},
    {"altered-records", 120},
    {"replayed-records", 60},
    {"deleted-records", 3'000},
    {"remade-topic", 8},
    {"rotated-keys", 20},
    {"lost-offsets", 2'000},
    {"expired-member", 20},
    {"deadly-command", 500},
    {"unknown-category", 300},
    {"older-build", 2'000},
    {"lost-reply", 600},
    {"concurrent-retry", 600},
    {"late-retry", 300},
    {"reused-key", 100},
    {"slow-client", 2'000},
    {"vanished-client", 120},
    {"repartition", 40},
}};

const Kind& kind_of(Fault fault) { return kinds[static_cast<std::size_t>(fault)]; }

}  // namespace

std::string_view to_string(Fault fault) { return kind_of(fault).name; }

Faults::Faults(std::uint64_t seed, std::set<int> without)
    : random_(seed ^ 0xfa17), without_(std::move(without)) {
    constexpr std::array tenths{0, 0, 3, 10, 10, 30};  // of the usual rate
    for (std::size_t i = 0; i < fault_kinds; ++i) {
        rates_[i] = kinds[i].rate * random_.one_of(tenths) / 10;
    }
}

bool Faults::strikes(Fault fault) {
    if (ended_) return false;
    const auto kind = static_cast<std::size_t>(fault);
    if (random_.below(10'000) >= rates_[kind]) return false;
    if (without_.contains(++drawn_)) return false;
    ++counts_[kind];
    return true;
}

}  // namespace simulation
