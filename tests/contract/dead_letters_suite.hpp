#pragma once

#include "domain/kernel/outcome.hpp"
#include "domain/kernel/uuid.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/kit/samples.hpp"

namespace contract {

class DeadLettersSuite : public StoreSuite {
  protected:
    using State = domain::DeadLetterState;

    std::unique_ptr<domain::DeadLetters> letters = world->make_dead_letters();
    std::unique_ptr<domain::CommandLog> commands = world->make_command_log();
    std::unique_ptr<domain::EventLog> events = world->make_event_log();

    domain::StoredCommand stored(int n, const std::string& category = "account") {
        domain::NewCommand command = kit::sample_command(n);
        command.command.stream.category = category;
        return {commands->append({&command, 1})[0].position, command.command};
    }

    domain::EventEnvelope of(const domain::StoredCommand& command, domain::NewEvent what) {
        domain::EventEnvelope event = kit::sample_event(1, "ada's", 1);
        event.type = std::move(what.type);
        event.data = std::move(what.data);
        event.command_id = command.command.id;
        event.command_position = command.position;
        event.last = true;
        event.stream = {std::string(domain::outcome_category), command.command.id};
        return event;
    }

    domain::EventEnvelope failure(const domain::StoredCommand& command) {
        return of(command, domain::failed(command.command, "threw", "An error occurred."));
    }

    domain::EventEnvelope applied(const domain::StoredCommand& command, std::int64_t version) {
        auto event = of(command, {"deposited", "{}"});
        event.stream = command.command.stream;
        event.version = {version};
        return event;
    }

    domain::Position append(const domain::EventEnvelope& event) {
        const auto result = events->append({{}, {event}});
        return std::get<domain::Appended>(result).last;
    }

    std::vector<std::string> ids(const domain::DeadLetterQuery& query, std::size_t limit = 100) {
        std::vector<std::string> found;
        for (const auto& letter : letters->read(query, limit))
            found.push_back(letter.command.command.id);
        return found;
    }
};

TEST_P(DeadLettersSuite, AreMadeByTheOutcomeWithWhatWasExplainedBefore) {
    const auto command = stored(1);
    append(applied(stored(2), 1));  // of the same aggregate
    const std::vector<domain::FailedCommand> failed{
        {command.position, 3, std::string("\xff\0 'no such key'", 16)}};
    letters->explain(failed);
    letters->explain(failed);
    EXPECT_TRUE(letters->read({}, 10).empty()) << "it has not failed";
    EXPECT_FALSE(letters->find(command.command.id));
    EXPECT_FALSE(letters->retry(command.command.id, kit::sample_id(9)));

    const auto outcome = failure(command);
    const auto position = append(outcome);
    append(applied(stored(3), 2));

    const auto letter = world->make_dead_letters()->find(command.command.id);
    ASSERT_TRUE(letter);
    EXPECT_EQ(letter->command, command);
    EXPECT_EQ(letter->failed_at, position);
    EXPECT_EQ(letter->time, outcome.time);
    EXPECT_EQ(letter->failure.code, "threw");
    EXPECT_NE(letter->failure.reason.find("no such key"), std::string::npos);
    EXPECT_EQ(letter->attempts, 3);
    EXPECT_EQ(letter->state, State::open);
    EXPECT_EQ(letter->events_since, 1);
    EXPECT_EQ(letters->read({}, 10), std::vector{*letter});

    letters->explain(std::vector<domain::FailedCommand>{{command.position, 1, "of a late worker"}});
    EXPECT_EQ(letters->find(command.command.id), letter);
}

TEST_P(DeadLettersSuite, OfABuildThatExplainsNothing) {
    const auto command = stored(1);
    append(failure(command));
    const auto letter = letters->find(command.command.id);
    ASSERT_TRUE(letter);
    EXPECT_EQ(letter->failure, (domain::Failure{"threw", ""}));
    EXPECT_EQ(letter->attempts, 0);
    EXPECT_EQ(letter->events_since, 0);
}

TEST_P(DeadLettersSuite, AreReadInTheOrderInWhichTheyFailed) {
    const auto a = stored(1), b = stored(2, "other"), c = stored(3), d = stored(4);
    append(failure(c));
    const auto second = append(failure(a));
    append(failure(b));
    append(of(d, domain::unchanged(d.command)));
    using Ids = std::vector<std::string>;
    EXPECT_EQ(ids({}), (Ids{c.command.id, a.command.id, b.command.id}));
    EXPECT_EQ(ids({}, 2), (Ids{c.command.id, a.command.id}));
    EXPECT_EQ(ids({.after = second}), (Ids{b.command.id}));
    EXPECT_EQ(ids({.category = "account"}), (Ids{c.command.id, a.command.id}));
    EXPECT_EQ(letters->drop(c.command.id), State::open);
    EXPECT_EQ(ids({.category = "account", .state = State::open}), (Ids{a.command.id}));
    EXPECT_EQ(ids({.state = State::dropped}), (Ids{c.command.id}));
    EXPECT_EQ(letters->count({}), 3);
    EXPECT_EQ(letters->count({.category = "account", .state = State::open}), 1);
}

TEST_P(DeadLettersSuite, ARetryIsAnotherCommandCausedByTheFailedOne) {
    auto command = stored(1);
    append(failure(command));
    const auto as = domain::named_uuid(command.command.id, "retry");
    EXPECT_EQ(letters->retry(command.command.id, as), State::open);

    const auto retried = commands->find(as);
    ASSERT_TRUE(retried);
    EXPECT_EQ(retried->position, commands->head());
    domain::CommandEnvelope expected = command.command;
    expected.id = as;
    expected.causation_id = command.command.id;
    expected.time = retried->command.time;
    EXPECT_EQ(retried->command, expected);

    const auto letter = letters->find(command.command.id);
    EXPECT_EQ(letter->state, State::retried);
    EXPECT_EQ(letter->retried_as, as);
    EXPECT_EQ(letters->retry(command.command.id, as), State::retried) << "once";
    EXPECT_EQ(letters->retry(command.command.id, kit::sample_id(9)), State::retried);
    EXPECT_EQ(letters->drop(command.command.id), State::retried);
    EXPECT_EQ(commands->head(), retried->position);

    append(failure(*retried));
    EXPECT_EQ(letters->find(as)->state, State::open) << "its retry can fail, too";
}

TEST_P(DeadLettersSuite, WhatIsDroppedIsNotRetried) {
    const auto command = stored(1);
    append(failure(command));
    EXPECT_EQ(letters->drop(command.command.id), State::open);
    EXPECT_EQ(letters->drop(command.command.id), State::dropped);
    EXPECT_EQ(letters->retry(command.command.id, kit::sample_id(9)), State::dropped);
    EXPECT_EQ(commands->head(), command.position);
    EXPECT_FALSE(letters->drop(kit::sample_id(8)));
}

}  // namespace contract
