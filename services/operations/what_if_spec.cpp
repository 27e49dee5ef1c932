#include "infra/memory/memory_audit.hpp"
#include "infra/process/local_folder.hpp"
#include "services/operations/what_if.hpp"
#include "tests/kit/worker_world.hpp"

#include <gtest/gtest.h>

namespace services::operations {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;
using kit::worker::Member;
using kit::worker::World;

/// The next build of it: `add` comes to two events where the last one's came to one, and the second
/// `tell` is refused.
class NewerToy final : public kit::ToyAggregate {
  public:
    domain::Result<domain::Decided> decide(
        std::string_view name,
        std::string_view data,
        const domain::Folded& state,
        const domain::Asked& asked
    ) const override {
        if (name == "tell" && count_of(state) >= 2) return domain::Rejection{"told", "Enough."};
        if (name == "nothing") name = "abort";
        if (name == "throw") name = "add";
        return kit::ToyAggregate::decide(name == "add" ? "add-two" : name, data, state, asked);
    }
};

class WhatIfSpec : public testing::Test {
  protected:
    domain::StoredCommand send(const std::string& name, const std::string& entity) {
        const auto command = world.accept(name, entity);
        world.relay(command);
        return command;
    }

    void carry_out() { worker.run(world); }

    /// What a build tells, as sentences.
    template <class Toy>
    Lines differences(WhatIfSettings settings = {}, std::size_t piece = 3, int outages = 0) {
        std::vector<domain::AggregatePtr> aggregates;
        aggregates.push_back(std::make_unique<Toy>());
        kit::FaultyDeciders deciders(
            aggregates, {.states_max = states_max, .refuse_taken = false}, world.clock
        );
        infra::process::LocalFolder folder(aggregates, 10);
        infra::memory::MemoryAudit audit(world.store);
        infra::memory::MemoryCommandLog commands(world.store);
        infra::memory::MemoryEventLog events(world.store);
        const auto events_of = [](const std::vector<domain::NewEvent>& all) {
            return std::to_string(all.size());
        };
        Lines lines;
        settings.patience = 0ms;
        const auto stored = world.history();
        WhatIf what_if(
            {commands, events, audit, deciders, folder},
            std::move(settings),
            {.answer =
                 [&](const AnswerDifference& difference) {
                     lines.push_back(
                         difference.command.command.name + " of " +
                         difference.command.command.stream.entity + ": " + difference.before +
                         " -> " + difference.after + ", " + events_of(difference.events_before) +
                         " -> " + events_of(difference.events_after)
                     );
                 },
             .state =
                 [&](const StateDifference& difference) {
                     lines.push_back(
                         difference.stream.entity + " ends: " + difference.before.state + " at " +
                         std::to_string(difference.before.version.value) + " -> " +
                         difference.after.state + " at " +
                         std::to_string(difference.after.version.value)
                     );
                 }}
        );
        for (bool more = true; more;) {
            if (outages-- > 0) world.store.fail_next(static_cast<std::size_t>(outages % 5));
            try {
                more = what_if.step(piece);
            } catch (const domain::WorldError&) {
            }
        }
        world.store.fail_next(0);
        EXPECT_EQ(what_if.advance().done, what_if.advance().total);
        EXPECT_EQ(what_if.differences(), static_cast<std::int64_t>(lines.size()));
        EXPECT_EQ(world.history(), stored);
        commands_ = what_if.commands();
        pending_ = what_if.pending();
        taken_ = deciders.taken;
        return lines;
    }

    Lines by_newer(WhatIfSettings settings = {}) {
        const Lines all = differences<NewerToy>(settings);
        for (const std::size_t piece : {1, 2, 5, 100}) {
            EXPECT_EQ(differences<NewerToy>(settings, piece), all) << piece;
            EXPECT_EQ(differences<NewerToy>(settings, piece, 60), all) << piece << ", outages";
        }
        states_max = 1;
        for (const std::size_t piece : {1, 4})
            EXPECT_EQ(differences<NewerToy>(settings, piece), all) << piece << ", no states";
        states_max = 100;
        return all;
    }

    static WhatIfSettings between(std::int64_t from, std::int64_t to) {
        WhatIfSettings settings;
        settings.commands = {domain::StreamVersion{from}, domain::StreamVersion{to}};
        return settings;
    }

    World world;
    Member worker{world};
    std::size_t states_max = 100;
    std::int64_t commands_ = 0;
    std::int64_t pending_ = 0;
    int taken_ = 0;
};

TEST_F(WhatIfSpec, FindsNothingWhereTheBuildIsTheSame) {
    for (const char* entity : {"ada", "bob", "eve", "dan"})
        for (const char* name :
             {"add",
              "add-two",
              "nothing",
              "refuse",
              "forbidden",
              "throw",
              "tell",
              "announce",
              "shout",
              "flood",
              "reserve",
              "release",
              "reserve",
              "abort",
              "loop",
              "babble",
              "add"})
            send(name, entity);
    carry_out();
    for (const std::size_t piece : {1, 3, 7, 100}) {
        EXPECT_EQ(differences<kit::ToyAggregate>({}, piece), Lines{}) << piece;
        EXPECT_EQ(commands_, 68);
        EXPECT_EQ(differences<kit::ToyAggregate>({}, piece, 100), Lines{}) << piece;
    }
    for (const std::int64_t from : {2, 17, 18, 30, 60})
        EXPECT_EQ(differences<kit::ToyAggregate>(between(from, 66)), Lines{}) << from;
    states_max = 1;
    EXPECT_EQ(differences<kit::ToyAggregate>({}), Lines{});
    EXPECT_EQ(differences<kit::ToyAggregate>(between(20, 60)), Lines{});
}

TEST_F(WhatIfSpec, EachAggregateGoesItsOwnWay) {
    send("tell", "ada");
    send("add", "ada");
    send("tell", "ada");  // of which the other build sees one more before it
    send("add", "bob");
    send("throw", "eve");
    send("refuse", "dan");
    carry_out();
    EXPECT_EQ(
        by_newer(),
        (Lines{
            "add of ada: applied: added -> applied: added, added, 1 -> 2",
            "tell of ada: applied: told -> rejected told, 1 -> 0",
            "add of bob: applied: added -> applied: added, added, 1 -> 2",
            "throw of eve: failed threw -> applied: added, added, 0 -> 2",
            "bob ends: 1 at 1 -> 2 at 2",
            "eve ends:  at 0 -> 2 at 2"})
    );
}

TEST_F(WhatIfSpec, BeginsInTheMiddleWithWhatIsStored) {
    send("tell", "ada");
    send("add", "ada");
    send("add", "ada");
    send("refuse", "ada");
    send("tell", "ada");
    send("add", "ada");
    carry_out();
    EXPECT_EQ(
        by_newer(between(3, 5)),
        (Lines{
            "add of ada: applied: added -> applied: added, added, 1 -> 2",
            "tell of ada: applied: told -> rejected told, 1 -> 0"})
    );
    EXPECT_EQ(commands_, 3);
    EXPECT_EQ(
        by_newer(between(6, 9)),
        (Lines{
            "add of ada: applied: added -> applied: added, added, 1 -> 2",
            "ada ends: 5 at 5 -> 6 at 6"})
    );
    EXPECT_EQ(by_newer(between(4, 4)), Lines{});
    EXPECT_THROW(by_newer(between(7, 9)), domain::SetupError);
}

TEST_F(WhatIfSpec, WhatTakesADeciderDownIsADifferenceOfItsCommand) {
    send("add-two", "ada");
    send("add-two", "ada");
    send("abort", "ada");
    send("tell", "ada");
    carry_out();
    // As a new build that aborts where the last one did not: the store says that it was applied.
    world.store.write([](infra::memory::Tables& tables) {
        for (auto& accepted : tables.commands)
            if (accepted.stored.position == domain::Position{2})
                accepted.stored.command.name = "loop";
        return true;
    });
    EXPECT_EQ(
        differences<kit::ToyAggregate>(),
        (Lines{
            "loop of ada: applied: added, added -> failed timed-out, 2 -> 0",
            "tell of ada: applied: told -> applied: told, 1 -> 1",
            "ada ends: 5 at 5 -> 3 at 3"})
    );
    EXPECT_GT(taken_, 2);
}

TEST_F(WhatIfSpec, OneThatWasSkippedStaysSo) {
    send("add", "ada");
    carry_out();
    const auto skipped = world.accept("add", "ada");
    infra::memory::MemoryCommandAttempts attempts(world.store);
    ASSERT_EQ(attempts.skip(skipped.command.id), domain::CommandAttempts::Skipped::marked);
    world.relay(skipped);
    carry_out();
    ASSERT_EQ(world.history().back().type, "failed");
    EXPECT_EQ(differences<kit::ToyAggregate>(), Lines{});
}

TEST_F(WhatIfSpec, WhoseKeyWasRefusedStaysRefused) {
    const auto first = send("reserve", "ada");
    carry_out();
    send("reserve", "bob");  // rejected, taken
    send("reserve", "eve");  // rejected, taken
    send("release", "ada");
    send("reserve", "bob");
    send("reserve", "dan");  // rejected, taken
    carry_out();
    for (const std::size_t piece : {1, 2, 3, 6}) {
        EXPECT_EQ(differences<kit::ToyAggregate>({}, piece), Lines{}) << piece;
        for (const std::int64_t from : {2, 3, 4, 5, 6})
            EXPECT_EQ(differences<kit::ToyAggregate>(between(from, 6), piece), Lines{})
                << from << ' ' << piece;
    }
    WhatIfSettings without_ada;
    without_ada.patch.removed = {first};
    EXPECT_EQ(
        differences<kit::ToyAggregate>(without_ada, 6),
        (Lines{"reserve of ada: applied: added -> removed, 1 -> 0", "ada ends: 2 at 2 -> 1 at 1"})
    );
}

TEST_F(WhatIfSpec, CommandsAreInsertedAndRemoved) {
    send("add", "ada");
    const auto of_bob = send("add", "bob");
    send("tell", "bob");
    carry_out();
    WhatIfSettings settings;
    settings.patch.removed = {of_bob};
    domain::CommandEnvelope command = world.accept("add-two", "eve").command;
    settings.patch.inserted.push_back({{0}, command});
    command.stream.entity = "ada";
    settings.patch.inserted.push_back({{1}, command});
    settings.patch.inserted.push_back({{3}, command});
    settings.commands.to = domain::StreamVersion{3};
    for (const std::size_t piece : {1, 2, 3, 100})
        EXPECT_EQ(
            differences<kit::ToyAggregate>(settings, piece),
            (Lines{
                "add-two of eve: inserted -> applied: added, added, 0 -> 2",
                "add-two of ada: inserted -> applied: added, added, 0 -> 2",
                "add of bob: applied: added -> removed, 1 -> 0",
                "tell of bob: applied: told -> applied: told, 1 -> 1",
                "add-two of ada: inserted -> applied: added, added, 0 -> 2",
                "ada ends: 1 at 1 -> 5 at 5",
                "bob ends: 2 at 2 -> 1 at 1",
                "eve ends:  at 0 -> 2 at 2"})
        ) << piece;
    const auto refused = [&](const WhatIfSettings& wrong) {
        EXPECT_THROW(differences<kit::ToyAggregate>(wrong), domain::SetupError);
    };
    auto wrong = settings;
    wrong.patch.inserted.back().after = {4};
    refused(wrong);
    wrong = settings;
    wrong.commands.from = domain::StreamVersion{3};  // behind the first insertion
    refused(wrong);
    wrong.patch.inserted.clear();  // and behind the removal
    refused(wrong);
    wrong = settings;
    wrong.category = "other";
    refused(wrong);
}

TEST_F(WhatIfSpec, LeavesOutWhatIsPending) {
    send("add", "ada");
    send("add", "bob");
    carry_out();
    world.accept("add", "ada");
    EXPECT_EQ(differences<kit::ToyAggregate>(), Lines{});
    EXPECT_EQ(pending_, 1);
    EXPECT_EQ(commands_, 2);
}

TEST_F(WhatIfSpec, KeepsNoMoreThanItMay) {
    for (int i = 0; i < 3; ++i) send("add", "ada");
    carry_out();
    WhatIfSettings settings;
    settings.diverged_max = 6;
    EXPECT_EQ(differences<NewerToy>(settings).size(), 4u);
    settings.diverged_max = 5;
    EXPECT_THROW(differences<NewerToy>(settings), domain::SetupError);
}

TEST_F(WhatIfSpec, TakesTimesAndCategories) {
    for (int i = 0; i < 5; ++i) {
        send("add", "ada");
        world.clock.advance(1s);
    }
    carry_out();
    world.store.write([](infra::memory::Tables& tables) {
        for (auto& accepted : tables.commands)
            accepted.stored.command.time =
                domain::Timestamp(std::chrono::seconds(accepted.stored.position.value));
        return true;
    });
    WhatIfSettings settings;
    settings.commands = {domain::Timestamp(2s), domain::Timestamp(4s)};
    EXPECT_EQ(differences<kit::ToyAggregate>(settings), Lines{});
    EXPECT_EQ(commands_, 3);
    settings.category = "other";
    EXPECT_EQ(differences<kit::ToyAggregate>(settings), Lines{});
    EXPECT_EQ(commands_, 0);
}

}  // namespace
}  // namespace services::operations
