#include "services/antiphon/operations/operate.hpp"

#include "infra/runtime/step_loop.hpp"
#include "infra/runtime/stop_signals.hpp"
#include "infra/runtime/system_clock.hpp"
#include "services/antiphon/operations/progress.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>

namespace services::antiphon {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t piece_max = 10'000;
/// So short that what waits behind a piece of a bounded rate does not notice it.
constexpr std::int64_t pieces_a_second = 20;

std::int64_t piece_of(std::int64_t rate) {
    if (rate == 0) return piece_max;
    return std::clamp<std::int64_t>(rate / pieces_a_second, 1, piece_max);
}

}  // namespace

void add_flags(CLI::App& app, OperationFlags& flags) {
    app.add_flag("--json", flags.json, "Print what there is to tell as JSON, a line each");
    app.add_flag("--dry-run", flags.dry_run, "Say what would be done, and do nothing");
    app.add_flag("--restart", flags.restart, "From the beginning, not where it was stopped");
    add_rate(app, flags);
}

void add_rate(CLI::App& app, OperationFlags& flags) {
    app.add_option("--rate", flags.rate, "At most so many a second; 0: as many as can be")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}))
        ->capture_default_str();
}

bool operate(
    operations::Operation& operation,
    const std::string& name,
    const std::string& unit,
    const OperationFlags& flags,
    Bookmark* bookmark
) {
    const infra::runtime::StopSignals signals;
    auto stop = signals.source();
    const infra::runtime::SystemClock clock;
    const auto before = operation.advance().done;
    Progress progress(name, unit, before);
    const auto begun = clock.elapsed();
    auto kept = begun;
    bool done = false;
    const auto keep = [&] {
        if (bookmark && !operation.place().empty()) bookmark->keep(operation.place());
    };
    const auto step = [&] {
        done = !operation.step(static_cast<std::size_t>(piece_of(flags.rate)));
        if (done) return stop.request_stop();
        progress.show(operation.advance());
        if (domain::due(clock, kept, 1s)) keep();
        if (flags.rate > 0) {
            const auto worth =
                std::chrono::milliseconds((operation.advance().done - before) * 1'000 / flags.rate);
            infra::runtime::sleep_unless_stopped(
                std::max(0ms, begun + worth - clock.elapsed()), stop.get_token()
            );
        }
        return true;
    };
    infra::runtime::run_until_stopped(
        {.name = name, .step = step, .wait = [] {}}, clock, stop.get_token()
    );
    progress.clear();
    if (!bookmark) return done;
    if (done) {
        bookmark->forget();
    } else {
        keep();
        std::cerr << name << ": stopped; the same command goes on from here\n";
    }
    return done;
}

}  // namespace services::antiphon
