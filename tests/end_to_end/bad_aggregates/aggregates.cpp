#include "domain/kernel/wire.hpp"

#include <cstdlib>
#include <ctime>

// Aggregates as their authors should not write them, beside the sound one. Each counts, and does
// what it is named after when it is told to break, or finds in its history that it was.
namespace domain {

AggregatePtr account_aggregate();
AggregatePtr member_aggregate();  // of tests/kit/member.hpp, which is sound, too

namespace {

struct Add {};
struct Break {};
struct Swell {};
struct Toil {};
struct Added {
    bool operator==(const Added&) const = default;
};
struct Broken {
    bool operator==(const Broken&) const = default;
};
struct Swollen {
    std::string text;  ///< more than Kafka takes in a record
    bool operator==(const Swollen&) const = default;
};
struct Count {
    std::int64_t count = 0;
};

volatile bool always = true;

int deeper(volatile int* above) {
    volatile int here[256] = {*above};
    return always ? deeper(here) + here[0] : 0;
}

/// Takes 10 ms of the processor, which nobody has to hurry over.
void toil() {
    const std::clock_t end = std::clock() + CLOCKS_PER_SEC / 100;
    while (std::clock() < end) continue;
}

struct Aborts {
    static constexpr std::string_view category = "aborts";
    static void act() { std::abort(); }
};
struct Loops {
    static constexpr std::string_view category = "loops";
    static void act() {
        while (always) {
        }
    }
};
struct Throws {
    static constexpr std::string_view category = "throws";
    static void act() { throw 7; }
};
struct Overflows {
    static constexpr std::string_view category = "overflows";
    static void act() {
        volatile int bottom = 0;
        std::exit(deeper(&bottom));
    }
};
struct Exits {
    static constexpr std::string_view category = "exits";
    static void act() { std::exit(0); }
};

template <class Bad>
struct Counter {
    static constexpr std::string_view category = Bad::category;
    using Command = std::variant<Add, Break, Swell, Toil>;
    using Event = std::variant<Added, Broken, Swollen>;
    using State = Count;
    static constexpr auto access = domain::access(allow<Add, Break, Swell, Toil>(anyone()));
    static bool may_read(const State&, const Asked&) { return true; }
    static Decision<Event> decide(const Command& command, const State&) {
        if (std::holds_alternative<Toil>(command)) toil();
        if (!std::holds_alternative<Break>(command) && !std::holds_alternative<Swell>(command))
            return std::vector<Event>{Added{}};
        if (std::holds_alternative<Swell>(command))
            return std::vector<Event>{Swollen{std::string(1'500'000, 'x')}};
        return std::vector<Event>{Broken{}};
    }
    static State evolve(State state, const Event& event) {
        if (std::holds_alternative<Broken>(event)) Bad::act();
        ++state.count;
        return state;
    }
};

}  // namespace

template <>
inline constexpr auto wire<Add> = message("add");
template <>
inline constexpr auto wire<Break> = message("break");
template <>
inline constexpr auto wire<Swell> = message("swell");
template <>
inline constexpr auto wire<Toil> = message("toil");
template <>
inline constexpr auto wire<Swollen> = message("swollen", field("text", &Swollen::text));
template <>
inline constexpr auto wire<Added> = message("added");
template <>
inline constexpr auto wire<Broken> = message("broken");

template <>
inline constexpr auto wire<Count> = object(field("count", &Count::count));

std::vector<AggregatePtr> all_aggregates() {
    std::vector<AggregatePtr> all;
    all.push_back(account_aggregate());
    all.push_back(member_aggregate());
    all.push_back(std::make_unique<WiredAggregate<Counter<Aborts>>>());
    all.push_back(std::make_unique<WiredAggregate<Counter<Loops>>>());
    all.push_back(std::make_unique<WiredAggregate<Counter<Throws>>>());
    all.push_back(std::make_unique<WiredAggregate<Counter<Overflows>>>());
    all.push_back(std::make_unique<WiredAggregate<Counter<Exits>>>());
    return all;
}

}  // namespace domain
