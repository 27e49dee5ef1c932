#include "domain/kernel/outcome.hpp"
#include "domain/kernel/topics.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_audit.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_histories.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_record_keys.hpp"
#include "infra/memory/memory_relay_leases.hpp"
#include "infra/memory/memory_snapshot_store.hpp"
#include "infra/process/local_history_checker.hpp"
#include "services/operations/verify.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

namespace domain {
AggregatePtr member_aggregate();  // its header and those of the memory ports know two Deciders
}

namespace services::operations {
namespace {

using infra::memory::Tables;
using Faults = std::vector<std::string>;

constexpr std::int32_t partitions = 2;

std::vector<domain::AggregatePtr> members() {
    std::vector<domain::AggregatePtr> all;
    all.push_back(domain::member_aggregate());
    return all;
}

/// A store in which "ada" has joined, changed her e-mail and left, and "bob" and "eve" joined;
/// the fourth command was refused. It is made by hand, so that it can be made wrong.
class VerifySpec : public testing::Test {
  protected:
    VerifySpec() {
        answer("ada", "joined", "a@b");
        answer("bob", "joined", "b@b");
        answer("ada", "email-changed", "a@c");
        refuse("ada");
        answer("ada", "left", "");
        answer("eve", "joined", "e@b");
        tables.keys.set({"member", "email", "b@b"}, "bob");
        tables.keys.set({"member", "email", "e@b"}, "eve");
        keep("ada", 2, R"({"email":"a@c"})");
        keep("eve", 1, R"({"email":"e@b"})");
    }

    /// "kind: place: what" of each fault, in pieces of so many rows; after so many of them another
    /// one goes on.
    Faults faults(std::size_t piece = 2, int steps_of_one = 1'000) {
        store.restore(tables);
        Faults all;
        std::string place;
        for (bool more = true; more; ++lives) {
            Verify verify(parts(), place, [&](const StoreFault& fault) {
                all.push_back(fault.kind + ": " + fault.place + ": " + fault.what);
            });
            for (int step = 0; step < steps_of_one && more; ++step) more = verify.step(piece);
            place = verify.place();
            EXPECT_EQ(verify.faults(), static_cast<std::int64_t>(all.size()));
        }
        return all;
    }

    domain::EventEnvelope& event(std::size_t position) { return tables.events.at(position - 1); }

    Tables tables = two_partitions();
    int lives = 0;

  private:
    static Tables two_partitions() {
        Tables tables;
        tables.generation.partitions = partitions;
        return tables;
    }

    domain::CommandEnvelope& accept(const std::string& entity) {
        const auto number = static_cast<int>(tables.commands.size()) + 1;
        auto command = kit::sample_command(number, entity).command;
        command.stream.category = "member";
        const domain::Position position{number};
        tables.command_ids[command.id] = position;
        tables.commands.push_back({{position, command}, "", {}});
        auto& claim = tables.claims[{"member", domain::partition_of(entity, partitions)}];
        claim = {{"member", domain::partition_of(entity, partitions)}, {1}, position};
        return tables.commands.back().stored.command;
    }

    void append(
        const domain::CommandEnvelope& command,
        domain::StreamId stream,
        std::string type,
        std::string data
    ) {
        const auto number = static_cast<int>(tables.commands.size());
        auto& positions = tables.streams[stream];
        auto event = kit::sample_event(
            number, command.stream.entity, static_cast<std::int64_t>(positions.size()) + 1
        );
        event.stream = std::move(stream);
        event.type = std::move(type);
        event.data = std::move(data);
        event.position = {static_cast<std::int64_t>(tables.events.size()) + 1};
        positions.push_back(event.position);
        tables.events.push_back(event);
    }

    void answer(const std::string& entity, const std::string& type, const std::string& email) {
        const auto& command = accept(entity);
        append(
            command, command.stream, type, email.empty() ? "{}" : R"({"email":")" + email + R"("})"
        );
    }

    void refuse(const std::string& entity) {
        const auto& command = accept(entity);
        append(command, {std::string(domain::outcome_category), command.id}, "rejected", "{}");
    }

    void keep(const std::string& entity, std::int64_t version, const std::string& state) {
        const domain::StreamId stream{"member", entity};
        const auto position = tables.streams.at(stream).at(static_cast<std::size_t>(version) - 1);
        const std::string form = aggregates.front()->state_form();
        tables.snapshots[stream][form] = {
            .stream = stream,
            .version = {version},
            .state = state,
            .last_event = domain::event_id(event(static_cast<std::size_t>(position.value))),
            .incarnation = 2};  // that of a store that was restored once
    }

    VerifyParts parts() {
        store.read([&](Tables& stored) {
            stored.incarnation = 2;
            return true;
        });
        return {
            audit,
            commands,
            events,
            claims,
            leases,
            record_keys,
            kept,
            histories,
            checker,
            again,
            aggregates};
    }

    const std::vector<domain::AggregatePtr> aggregates = members();
    infra::memory::MemoryStore store;
    infra::memory::ManualClock clock;
    infra::memory::MemoryAudit audit{store};
    infra::memory::MemoryCommandLog commands{store};
    infra::memory::MemoryEventLog events{store};
    infra::memory::MemoryPartitionClaims claims{store};
    infra::memory::MemoryRelayLeases leases{store, clock};
    infra::memory::MemoryRecordKeys record_keys{store, clock};
    infra::memory::MemorySnapshotStore kept{store, domain::state_forms(aggregates)};
    infra::memory::MemoryHistories histories{store};
    infra::process::LocalHistoryChecker checker{aggregates};
    infra::process::LocalHistoryChecker again{aggregates};
};

TEST_F(VerifySpec, FindsNothingWhereNothingIsWrong) {
    for (const std::size_t piece : {1, 2, 3, 100}) EXPECT_EQ(faults(piece), Faults{}) << piece;
}

TEST_F(VerifySpec, GoesOnWhereAnotherOneWasStopped) {
    for (const std::size_t piece : {1, 2, 3}) EXPECT_EQ(faults(piece, 4), Faults{}) << piece;
    EXPECT_GT(lives, 10);
    lives = 0;
    event(6).last = false;  // of the answers: what comes behind them tells nothing more
    EXPECT_EQ(faults(2, 4).size(), 1u);
    EXPECT_GT(lives, 2);
}

TEST_F(VerifySpec, NamesAnAnswerThatIsNone) {
    const std::string second = "answer: commands at 3, " + kit::sample_id(3) + ": ";
    event(3).last = false;
    EXPECT_EQ(faults(), Faults{second + "none of its events says that it is the last"});
    event(3).last = true;
    event(3).issuer.subject = "eve";
    EXPECT_EQ(faults(), Faults{second + "its event at 3 is another user's"});
    event(3).issuer = tables.commands[2].stored.command.issuer;
    event(3).ordinal = 1;
    EXPECT_EQ(faults(), Faults{second + "its event at 3 is number 1 and not 0 of its events"});
    event(3).ordinal = 0;
    event(3).command_position = {1};
    event(3).command_id = kit::sample_id(1);
    const auto all = faults();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_NE(all[0].find("commands at 1, "), std::string::npos) << all[0];
    EXPECT_NE(all[1].find("commands at 3, "), std::string::npos) << all[1];
    EXPECT_NE(all[1].find("it has no answer, and its partition is done up to"), std::string::npos);
}

TEST_F(VerifySpec, NamesEventsOfNoCommand) {
    event(6).command_position = {9};
    event(6).command_id = kit::sample_id(9);
    const auto all = faults();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_NE(all[0].find("commands at 6, "), std::string::npos) << all[0];
    EXPECT_EQ(all[1], "answer: events at 6: it is of a command at 9, where there is none");
}

TEST_F(VerifySpec, NamesProgressThatIsNotThatOfTheAnswers) {
    const domain::CommandPartition of_eve{"member", domain::partition_of("eve", partitions)};
    tables.claims[of_eve].done = {5};
    EXPECT_EQ(
        faults(),
        Faults{
            "progress: partition " + std::to_string(of_eve.partition) +
            " of member: it is done up to 5, and the command at 6 is answered"}
    );
    tables.claims[of_eve].done = {7};
    EXPECT_EQ(
        faults(),
        Faults{
            "progress: partition " + std::to_string(of_eve.partition) +
            " of member: it is done up to 7, and the commands end at 6"}
    );
}

TEST_F(VerifySpec, NamesHistoriesThatCannotBe) {
    event(3).version = {3};
    event(5).version = {4};
    tables.snapshots.clear();
    EXPECT_EQ(
        faults(),
        Faults{"version: member/ada, version 2: there is no such event, and the next one is of "
               "version 3"}
    );
    event(3).version = {2};
    event(5).version = {3};
    event(2).type = "stolen";
    EXPECT_EQ(
        faults(),
        Faults{"history: member/bob, version 1: this build cannot read it: unknown event type: "
               "stolen"}
    );
}

TEST_F(VerifySpec, NamesASnapshotThatIsNotWhatItsEventsComeTo) {
    const auto spoil = [&](const std::string& entity) {
        for (auto& [form, snapshot] : tables.snapshots.at({"member", entity}))
            snapshot.state = R"({"email":"x@y"})";
    };
    spoil("ada");
    const std::string what = "it is not what this build folds: its events come to another state";
    EXPECT_EQ(faults(), Faults{"snapshot: member/ada, version 2: " + what});
    spoil("eve");
    tables.keys.set({"member", "email", "z@z"}, "eve");  // so that eve is looked at again
    EXPECT_EQ(
        faults(1),
        (Faults{
            "snapshot: member/ada, version 2: " + what,
            "snapshot: member/eve, version 1: " + what,
            "reservation: member/eve: the email z@z is reserved for it, and its events do not say "
            "so"})
    );
}

TEST_F(VerifySpec, NamesReservationsOfAnother) {
    tables.keys.set({"member", "email", "b@b"}, "ada");
    tables.keys.set({"member", "email", "n@n"}, "nobody");
    tables.keys.set({"other", "email", "n@n"}, "nobody");
    EXPECT_EQ(
        faults(),
        (Faults{
            "reservation: member/ada: the email b@b is reserved for it, and its events do not say "
            "so",
            "reservation: member/bob: the email b@b is its own, and is not reserved for it",
            "reservation: member/nobody: the email n@n is reserved for it, and it has no events",
            "history: other: this build has no such aggregate, so its events are not read"})
    );
}

TEST_F(VerifySpec, NamesWhoCannotHear) {
    event(1).hears = {domain::user_key(event(1).issuer)};
    event(2).hears = {"bo\nb"};
    const auto all = faults();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_TRUE(all[0].ends_with("has sent its command, and hears of it twice")) << all[0];
    EXPECT_TRUE(all[1].starts_with("recipient: events at 2: who is to hear of it can be no user"));
}

TEST_F(VerifySpec, NamesWhatStandsBesideTheLogsAndCannotBe) {
    tables.leases[domain::Log::events].checkpoint = {
        {7}, "cluster", {{{"t.replies", 0}, {8}, 1}, {{"t.replies", 2}, {1}, 1}}};
    tables.attempts[{7}] = {};
    const std::string relay = "the relay of events: ";
    EXPECT_EQ(
        faults(),
        (Faults{
            "checkpoint: " + relay + "it has sent up to 7, and the log ends at 6",
            "checkpoint: " + relay +
                "its last record in t.replies/0 is of 8, and it has sent up to 7",
            "checkpoint: " + relay + "it knows t.replies/2, and there are 2 partitions",
            "record key: " + relay + "it has sent records, and there is no key to sign them with",
            "attempts: commands at 7: it was tried in vain, and there is no such command"})
    );
}

}  // namespace
}  // namespace services::operations
