#include "tests/simulation/shorten.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdio>
#include <optional>
#include <random>

namespace {

using namespace simulation;

struct Options {
    std::optional<std::uint64_t> seed;
    std::uint64_t first = 1;
    std::uint64_t seeds = 0;
    int seconds = 0;
    Plan plan;
    bool quiet = false;
};

struct Sums {
    std::uint64_t seeds = 0;
    std::size_t commands = 0;
    std::size_t events = 0;
    std::size_t shown = 0;
    FaultCounts faults{};

    void add(const Outcome& outcome) {
        ++seeds;
        commands += outcome.commands;
        events += outcome.events;
        shown += outcome.shown;
        for (std::size_t i = 0; i < fault_kinds; ++i) faults[i] += outcome.faults[i];
    }
};

/// What --seed with these options repeats.
std::string command_of(const Plan& plan) {
    std::string text = fmt::format("simulation --seed {} --steps {}", plan.seed, plan.steps);
    if (!plan.without.empty()) {
        text += " --without";
        for (const int fault : plan.without) text += fmt::format(" {}", fault);
    }
    return text;
}

/// Prints one run from its first step to its last.
bool show(const Plan& plan) {
    const Outcome outcome = simulate(plan, true);
    for (const auto& line : outcome.trace) fmt::print("{}\n", line);
    for (const auto& [promise, what] : outcome.broken) fmt::print("BROKEN {}: {}\n", promise, what);
    fmt::print(
        "seed {}: {} commands, {} events, {} shown, {} broken\n",
        plan.seed,
        outcome.commands,
        outcome.events,
        outcome.shown,
        outcome.broken.size()
    );
    return outcome.broken.empty();
}

void report(const Plan& failing) {
    fmt::print("seed {} breaks a promise; what is needed for that:\n", failing.seed);
    const Plan shortest = shorten(failing);
    show(shortest);
    fmt::print("again, as it was found:  simulation --seed {}\n", failing.seed);
    fmt::print("again, the shortest way: {}\n", command_of(shortest));
}

void print(const Sums& sums) {
    fmt::print("\n{:<20} {:>10}\n", "fault", "times");
    for (std::size_t i = 0; i < fault_kinds; ++i)
        fmt::print("{:<20} {:>10}\n", to_string(static_cast<Fault>(i)), sums.faults[i]);
    fmt::print(
        "\n{} seeds, {} commands, {} events, {} shown to clients\n",
        sums.seeds,
        sums.commands,
        sums.events,
        sums.shown
    );
}

/// Seed after seed until one breaks a promise, or the seeds or the time are over.
bool run(const Options& options) {
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + std::chrono::seconds(options.seconds);
    Plan plan = options.plan;
    Sums sums;
    const auto more = [&] {
        return options.seeds > 0 ? sums.seeds < options.seeds : Clock::now() < until;
    };
    for (plan.seed = options.first; more(); ++plan.seed) {
        const Outcome outcome = simulate(plan);
        sums.add(outcome);
        if (outcome.broken.empty()) continue;
        if (options.quiet) {
            fmt::print(
                "{} seeds: {}: {}\n", sums.seeds, outcome.broken[0].promise, outcome.broken[0].what
            );
        } else {
            report(plan);
            print(sums);
            fmt::print("1 broken, by seed {}\n", plan.seed);
        }
        return false;
    }
    print(sums);
    fmt::print("0 broken, from seed {} on\n", options.first);
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    spdlog::set_level(spdlog::level::off);
    Options options;
    CLI::App app("Runs the whole system in one thread, with faults, and checks its promises.");
    app.add_option("--seed", options.seed, "run this one alone and print all that happens");
    app.add_option("--seconds", options.seconds, "run fresh seeds for so long");
    app.add_option("--seeds", options.seeds, "run so many, from --first on");
    app.add_option("--first", options.first, "the first seed; else 1, or a fresh one");
    app.add_option("--steps", options.plan.steps, "happenings before the faults end");
    app.add_option("--without", options.plan.without, "leave out the faults of these numbers");
    app.add_flag("--quiet", options.quiet, "one line for a failure, and nothing shortened");
    CLI11_PARSE(app, argc, argv);
    if (options.seed) {
        options.plan.seed = *options.seed;
        return show(options.plan) ? 0 : 1;
    }
    if (options.seconds > 0 && app.count("--first") == 0)
        options.first = std::random_device{}() * std::uint64_t{1'000'000};
    if (options.seconds == 0 && options.seeds == 0) options.seeds = 1'000;
    return run(options) ? 0 : 1;
}
