#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/error.hpp"
#include "domain/kernel/page_size.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_histories.hpp"
#include "infra/runtime/reading_ahead.hpp"
#include "services/antiphon/decider.hpp"
#include "services/antiphon/operations/progress.hpp"
#include "services/antiphon/roles.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>
#include <memory>

namespace services::antiphon {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t history_page_max = 2'000;
constexpr std::size_t faults_shown_max = 20;  ///< faults, since one mistake makes many

struct Count {
    std::size_t events = 0;
    std::size_t streams = 0;
    std::size_t faults = 0;  ///< streams that cannot be read; or a category that has no aggregate
};

std::string to_string(const Count& count) {
    return std::to_string(count.events) + " events of " + std::to_string(count.streams) +
           " streams";
}

class HistoryCheck {
  public:
    explicit HistoryCheck(const Settings& settings)
        : connection_(settings.postgres), checker_(make_checker(settings)) {
        infra::postgres::check_schema(connection_);
    }

    std::vector<std::string> categories() { return histories_.categories(); }

    void check(const std::string& category) {
        if (!domain::find_aggregate(aggregates_, category)) {
            ++all_.faults;
            std::cout << category << ": this build has no such aggregate\n";
            return;
        }
        const Count count = count_of(category);
        std::cout << category << ": " << to_string(count) << ", " << count.faults
                  << " of them at fault\n";
        all_.events += count.events;
        all_.streams += count.streams;
        all_.faults += count.faults;
    }

    const Count& all() const { return all_; }

  private:
    Count count_of(const std::string& category) {
        Count count;
        Progress progress(category, "events");
        const auto total = static_cast<std::int64_t>(histories_.count(category));
        domain::PageSize size(history_page_max);
        domain::StreamId last{category, ""};
        domain::StreamVersion version;
        for (;;) {
            const auto page = histories_.read(last, version, size.next());
            if (page.empty()) break;
            for (const auto& event : page) {
                if (event.stream != last) ++count.streams;
                last = event.stream;
            }
            size.came(page);
            version = page.back().version;
            checker_.check(page, {}, {.fault = [&](const domain::HistoryFault& fault) {
                               if (++count.faults + all_.faults > faults_shown_max) return;
                               progress.clear();
                               show(fault);
                           }});
            count.events += page.size();
            progress.show({static_cast<std::int64_t>(count.events), total});
        }
        progress.clear();
        return count;
    }

    static void show(const domain::HistoryFault& fault) {
        std::cout << fault.stream.category << ' ' << fault.stream.entity << ", version "
                  << fault.version.value << ": " << fault.reason << std::endl;
    }

    infra::postgres::Connection connection_;
    infra::postgres::PostgresHistories stored_{connection_};
    infra::runtime::ReadingAhead histories_{stored_};
    infra::process::ChildHistoryChecker checker_;
    const std::vector<domain::AggregatePtr> aggregates_ = domain::all_aggregates();
    Count all_;
};

void check_history(const Settings& settings, const std::string& category) {
    HistoryCheck history(settings);
    const auto begun = Clock::now();
    if (!category.empty()) {
        history.check(category);
    } else {
        for (const auto& each : history.categories()) history.check(each);
    }
    const std::chrono::duration<double> took = Clock::now() - begun;
    const Count& all = history.all();
    std::cout << to_string(all) << " in " << took.count() << " s, "
              << static_cast<std::size_t>(static_cast<double>(all.events) / took.count())
              << " events/s\n";
    if (all.faults > faults_shown_max)
        std::cout << "shown are the first " << faults_shown_max << " faults\n";
    if (all.faults > 0)
        throw domain::SetupError(
            "this build cannot read all that is stored: " + std::to_string(all.faults) +
            " faults; docs/HISTORY.md says how old events are read"
        );
}

}  // namespace

Command::Run prepare_check_history(CLI::App& flags) {
    const auto category = std::make_shared<std::string>();
    flags.add_option("--category", *category, "Only the streams of this one");
    return [category](const Settings& settings) {
        check_history(settings, *category);
        return 0;
    };
}

}  // namespace services::antiphon
