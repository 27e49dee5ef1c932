#include "domain/kernel/error.hpp"
#include "infra/kafka/kafka_record_publisher.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/runtime/step_loop.hpp"
#include "infra/runtime/stop_signals.hpp"
#include "infra/runtime/system_clock.hpp"
#include "services/antiphon/kafka.hpp"
#include "services/antiphon/operations/operate.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/store.hpp"
#include "services/operations/repartition.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/fmt/fmt.h>

#include <iostream>
#include <memory>
#include <thread>

namespace services::antiphon {
namespace {

using namespace std::chrono_literals;
using operations::Repartitioned;

constexpr const char* partitions_examples = R"(
Without a number it tells how many partitions there are, and which generation of them it is.

With one, the topics are given the partitions that they lack, and the next generation begins, in one
transaction of the store. Nothing stops for it: commands are accepted all the time, what is still
to be done is done by its new owners, in its order, and connections of clients stay. All processes
follow by themselves within seconds; what kafka.partitions says in their settings counts for a new
store only. Where this is killed, the change has happened or it has not: the same command tells.
All processes must be of a build that knows this command; older ones end themselves.

Topics never lose partitions: after a smaller number, those above it stay empty, and nobody reads
them. A service of yours that writes notifications has to spread its keys over the number in force.

  antiphon partitions
  antiphon partitions 32 --dry-run
  antiphon partitions 32 && antiphon partitions 8

Exit codes: 0 done, or so it was; 1 it could not be done, and says why; 3 stopped while it waited
for workers that were far behind: nothing has changed.
)";

struct Wanted {
    std::int32_t partitions = 0;  ///< 0: only tell
    bool json = false;
    bool dry_run = false;
};

void tell(const domain::Generation& present, const Wanted& wanted, bool changed) {
    if (wanted.json) {
        std::cout << fmt::format(
            R"({{"partitions":{},"generation":{},"begun":{},"changed":{}}})",
            present.partitions,
            present.number,
            present.begun.value,
            changed
        );
    } else if (present.partitions == 0) {
        std::cout << "no number yet: the first process that runs takes kafka.partitions";
    } else {
        std::cout << fmt::format(
            "{} partitions, generation {}", present.partitions, present.number
        );
        if (present.number > 1)
            std::cout << fmt::format(", begun at command {}", present.begun.value);
    }
    std::cout << std::endl;
}

/// Before the store counts on them: a broker that refuses is to be heard of while nothing has
/// happened.
void grow_topics(const Settings& settings, std::int32_t partitions) {
    const domain::Topics& names = settings.topics;
    std::vector<domain::TopicSpec> topics{
        {names.replies(), partitions}, {names.dead_letters(), partitions}};
    for (const std::string& category : categories_of(domain::all_aggregates())) {
        topics.push_back({names.commands(category), partitions});
        topics.push_back({names.events(category), partitions});
    }
    infra::kafka::KafkaRecordPublisher(settings.kafka, {}).ensure_topics(topics);
}

/// Waits for workers that are far behind. Nothing: it was stopped first.
std::optional<Repartitioned>
change(Store& store, const Settings& settings, std::int32_t partitions) {
    const infra::runtime::StopSignals signals;
    auto stop = signals.source();
    std::optional<Repartitioned> done;
    bool told = false;
    const auto step = [&] {
        const auto what = operations::repartition(store.generations, settings.topics, partitions);
        if (what == Repartitioned::behind) {
            if (!std::exchange(told, true))
                std::cerr << "partitions: the workers are more than "
                          << domain::NextGeneration{}.reach_max
                          << " commands behind: waiting for them; Ctrl-C ends this, and nothing "
                             "has changed\n";
            return false;
        }
        done = what;
        return stop.request_stop();
    };
    infra::runtime::run_until_stopped(
        {.name = "partitions", .step = step, .wait = [] { std::this_thread::sleep_for(500ms); }},
        infra::runtime::SystemClock(),
        stop.get_token()
    );
    return done;
}

int run(const Settings& settings, const Wanted& wanted) {
    Store store(settings.postgres);
    infra::postgres::check_schema(store.connection);
    const domain::Generation present = store.generations.present();
    if (wanted.partitions == 0 || wanted.partitions == present.partitions) {
        tell(present, wanted, false);
        return done;
    }
    if (wanted.dry_run) {
        tell({present.number + 1, wanted.partitions, store.commands.head()}, wanted, false);
        std::cerr << "partitions: this is what would be; nothing has changed\n";
        return done;
    }
    if (present.partitions > 0) grow_topics(settings, wanted.partitions);
    const auto what = change(store, settings, wanted.partitions);
    if (!what) return interrupted;
    tell(store.generations.present(), wanted, *what == Repartitioned::begun);
    return done;
}

}  // namespace

Command::Run prepare_partitions(CLI::App& flags) {
    const auto wanted = std::make_shared<Wanted>();
    flags.add_option("N", wanted->partitions, "How many there are to be")
        ->check(CLI::Range(1, 10'000));
    flags.add_flag("--json", wanted->json, "Print what there is to tell as JSON, a line");
    flags.add_flag("--dry-run", wanted->dry_run, "Say what would be, and change nothing");
    flags.footer(partitions_examples);
    return [wanted](const Settings& settings) { return run(settings, *wanted); };
}

}  // namespace services::antiphon
