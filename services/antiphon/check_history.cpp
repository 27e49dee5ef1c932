#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/error.hpp"
#include "domain/kernel/page_size.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_histories.hpp"
#include "infra/process/child_history_checker.hpp"
#include "services/antiphon/decider.hpp"
#include "services/antiphon/roles.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>
#include <iostream>
#include <unistd.h>
#include <utility>

namespace services::antiphon {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t history_page_max = 2'000;
constexpr std::size_t shown_max = 20;  ///< faults, since one mistake makes many

struct Count {
    std::size_t events = 0;
    std::size_t streams = 0;
    std::size_t faults = 0;  ///< streams that cannot be read; or a category that has no aggregate
};

std::string to_string(const Count& count) {
    return std::to_string(count.events) + " events of " + std::to_string(count.streams) +
           " streams";
}

/// How far a category is: a bar that is written over, on a terminal alone.
class ProgressBar {
  public:
    bool is_shown() const { return on_terminal_; }

    void begin(std::string category, std::size_t total) {
        category_ = std::move(category);
        total_ = total;
        begun_ = Clock::now();
    }

    void show(std::size_t done) {
        const auto now = Clock::now();
        if (!on_terminal_ || now - shown_ < 200ms) return;
        shown_ = now;
        const std::size_t all = std::max({total_, done, std::size_t{1}});  // some came meanwhile
        const std::chrono::duration<double> took = now - begun_;
        const double rate = static_cast<double>(done) / std::max(took.count(), 1e-6);
        const double left = static_cast<double>(all - done) / std::max(rate, 1.0);
        std::string bar(done * width / all, '#');
        bar.resize(width, '-');
        std::cerr << clear_line << category_ << " [" << bar << "] " << done * 100 / all << " %, "
                  << static_cast<std::size_t>(rate) << " events/s, " << std::llround(left)
                  << " s left" << std::flush;
    }

    void clear() const {
        if (on_terminal_) std::cerr << clear_line << std::flush;
    }

  private:
    static constexpr const char* clear_line = "\r\033[K";
    static constexpr std::size_t width = 30;
    const bool on_terminal_ = isatty(STDERR_FILENO) != 0;
    std::string category_;
    std::size_t total_ = 0;
    Clock::time_point begun_{};
    Clock::time_point shown_{};
};

class HistoryCheck {
  public:
    explicit HistoryCheck(const Settings& settings)
        : connection_(settings.postgres),
          checker_(
              {.arguments = decider_arguments(settings, 1, no_snapshots)},
              settings.fold_timeout
          ) {
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
        progress_.clear();
        std::cout << category << ": " << to_string(count) << ", " << count.faults
                  << " of them at fault\n";
        all_.events += count.events;
        all_.streams += count.streams;
        all_.faults += count.faults;
    }

    const Count& all() const { return all_; }

  private:
    using Page = std::vector<domain::EventEnvelope>;

    /// The next page is read while this one is folded.
    Count count_of(const std::string& category) {
        Count count;
        if (progress_.is_shown()) progress_.begin(category, histories_.count(category));
        domain::PageSize size(history_page_max);
        domain::StreamId last{category, ""};
        Page page = histories_.read(last, {}, size.next());
        while (!page.empty()) {
            for (const auto& event : page) {
                if (event.stream != last) ++count.streams;
                last = event.stream;
            }
            size.came(page);
            const auto version = page.back().version;
            auto next = std::async(std::launch::async, [&, limit = size.next()] {
                return histories_.read(last, version, limit);
            });
            checker_.check(page, [&](const domain::HistoryFault& fault) {
                if (++count.faults + all_.faults <= shown_max) show(fault);
            });
            count.events += page.size();
            progress_.show(count.events);
            page = next.get();
        }
        return count;
    }

    void show(const domain::HistoryFault& fault) const {
        progress_.clear();
        std::cout << fault.stream.category << ' ' << fault.stream.entity << ", version "
                  << fault.version.value << ": " << fault.reason << std::endl;
    }

    infra::postgres::Connection connection_;
    infra::postgres::PostgresHistories histories_{connection_};
    infra::process::ChildHistoryChecker checker_;
    const std::vector<domain::AggregatePtr> aggregates_ = domain::all_aggregates();
    ProgressBar progress_;
    Count all_;
};

}  // namespace

void run_check_history(const Settings& settings) {
    HistoryCheck history(settings);
    const auto begun = Clock::now();
    if (const auto& category = settings.checked_category; !category.empty()) {
        history.check(category);
    } else {
        for (const auto& each : history.categories()) history.check(each);
    }
    const std::chrono::duration<double> took = Clock::now() - begun;
    const Count& all = history.all();
    std::cout << to_string(all) << " in " << took.count() << " s, "
              << static_cast<std::size_t>(static_cast<double>(all.events) / took.count())
              << " events/s\n";
    if (all.faults > shown_max) std::cout << "shown are the first " << shown_max << " faults\n";
    if (all.faults > 0)
        throw domain::SetupError(
            "this build cannot read all that is stored: " + std::to_string(all.faults) +
            " faults; docs/HISTORY.md says how old events are read"
        );
}

}  // namespace services::antiphon
