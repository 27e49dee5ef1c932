#include "services/operations/replay.hpp"

#include "domain/kernel/error.hpp"
#include "infra/kafka/kafka_record_publisher.hpp"
#include "infra/postgres/migrate.hpp"
#include "services/antiphon/operations/operate.hpp"
#include "services/antiphon/operations/selection_flags.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/store.hpp"

#include <CLI/CLI.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <iostream>
#include <memory>

namespace services::antiphon {
namespace {

struct ReplayAsked {
    OperationFlags flags;
    SelectionFlags selection;
    std::string topic;
    std::int32_t partitions = 0;  ///< 0: as many as our topics have
    bool into_live = false;
};

/// A run that goes on, or begins.
struct Run {
    std::string id;
    std::int64_t incarnation = 0;  ///< of the log
    operations::ReplayPlace place{};
};

std::string text_of(const Run& run) {
    nlohmann::json last = nlohmann::json::array();
    for (const auto& [partition, position] : run.place.last)
        last.push_back({partition, position.value});
    return nlohmann::json{
        {"run", run.id},
        {"incarnation", run.incarnation},
        {"position", run.place.done.value},
        {"last", std::move(last)}}
        .dump();
}

/// As it was kept, if the log is in the same life.
Run run_of(const std::string& kept, std::int64_t incarnation) {
    const auto json = nlohmann::json::parse(kept, nullptr, false);
    if (!json.is_object() || json.value("incarnation", std::int64_t{0}) != incarnation)
        return {to_string(boost::uuids::random_generator()()), incarnation};
    Run run{json.value("run", ""), incarnation};
    run.place.done = {json.value("position", std::int64_t{0})};
    for (const auto& each : json.value("last", nlohmann::json::array()))
        run.place.last[each.at(0)] = {each.at(1).get<std::int64_t>()};
    return run;
}

/// Keeps the run's id with its place.
class NamedReplay final : public operations::Operation {
  public:
    NamedReplay(operations::Replay& replay, Run run) : replay_(replay), run_(std::move(run)) {}

    bool step(std::size_t most) override { return replay_.step(most); }
    operations::Advance advance() const override { return replay_.advance(); }
    std::string place() const override {
        return text_of({run_.id, run_.incarnation, replay_.where()});
    }

  private:
    operations::Replay& replay_;
    const Run run_;
};

void check(const ReplayAsked& asked, const Settings& settings) {
    if (settings.topics.is_ours(asked.topic) && !asked.into_live)
        throw domain::SetupError(
            asked.topic +
            " is a live topic, whose readers would get the past again: give another "
            "--topic, or --into-live-topic if that is what you want"
        );
}

/// That our topics have; before any process has run, what the setting says.
std::int32_t partitions_in(Store& store, const Settings& settings) {
    const auto present = store.generations.present().partitions;
    return present > 0 ? present : settings.partitions;
}

void tell(const ReplayAsked& asked, const Run& run, std::int64_t events, domain::Position up_to) {
    if (asked.flags.json) {
        std::cout << nlohmann::ordered_json{
            {"run", run.id}, {"topic", asked.topic}, {"events", events}, {"position", up_to.value}}
                  << '\n';
    } else {
        std::cout << "run " << run.id << ": " << events << " events sent to " << asked.topic
                  << ", up to position " << up_to.value << '\n';
    }
}

int replay(const Settings& settings, const ReplayAsked& asked) {
    check(asked, settings);
    Store store(settings.postgres);
    infra::postgres::check_schema(store.connection);
    operations::ReplayPlan plan{
        .topic = asked.topic,
        .partitions = asked.partitions > 0 ? asked.partitions : partitions_in(store, settings),
        .live = settings.topics,
        .selection = asked.selection.selection()};
    const domain::Cursor head = store.events.head();
    if (asked.flags.dry_run) {
        std::cout << "would send what is selected of the events " << plan.selection.after.value + 1
                  << " to " << plan.selection.up_to.value_or(head.position).value << " to "
                  << plan.topic << '\n';
        return done;
    }
    Bookmark bookmark(settings.data, "replay", plan.topic + '|' + asked.selection.text());
    if (asked.flags.restart) bookmark.forget();
    const Run run = run_of(bookmark.place(), head.incarnation);
    plan.run = run.id;
    infra::kafka::KafkaRecordPublisher publisher(
        settings.kafka,
        [](infra::kafka::KafkaNews, std::string_view line) { spdlog::warn("{}", line); }
    );
    operations::Replay sending(store.events, store.leases, publisher, std::move(plan), run.place);
    NamedReplay operation(sending, run);
    const bool ended = operate(operation, "replay", "events", asked.flags, &bookmark);
    tell(asked, run, sending.sent(), sending.where().done);
    return ended ? done : interrupted;
}

}  // namespace

Command::Run prepare_replay(CLI::App& app) {
    const auto asked = std::make_shared<ReplayAsked>();
    app.add_option("--topic", asked->topic, "To where; it is made if it is not there")->required();
    app.add_option("--partitions", asked->partitions, "That a new topic has; else as ours")
        ->check(CLI::Range(1, 10'000));
    app.add_flag(
        "--into-live-topic", asked->into_live, "Let the topic be one of ours; our readers ignore it"
    );
    add_flags(app, asked->selection, true);
    add_flags(app, asked->flags);
    app.footer(R"(
Sends past events to a topic of Kafka, in their order, each with its position and marked with the
run (header ce_replay). The last record of each partition tells up to where, and where the live
topics go on (docs/REPLAY.md):
  antiphon replay --category account --topic reports.accounts
  antiphon replay --stream account/42 --topic debug
  antiphon replay --type opened --from 2026-01-01T00:00:00Z --to 2026-02-01T00:00:00Z --topic jan
  antiphon replay --topic everything --rate 5000      beside a busy system
Stopped by Ctrl-C, the same command goes on where it was.)");
    return [asked](const Settings& settings) { return replay(settings, *asked); };
}

}  // namespace services::antiphon
