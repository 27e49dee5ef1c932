#pragma once

#include "tests/contract/event_log_suite.hpp"

#include <map>

namespace contract {

using domain::KeyChange;
using domain::Taken;

class ReservationsSuite : public EventLogSuite {
  protected:
    static KeyChange take(std::string key) { return {KeyChange::What::takes, "email", key}; }
    static KeyChange give(std::string key) { return {KeyChange::What::frees, "email", key}; }

    /// The next event of this stream, not yet appended.
    EventEnvelope event(const std::string& entity, std::vector<KeyChange> keys) {
        EventEnvelope next = kit::sample_event(++commands_, entity, ++versions_[entity]);
        next.keys = std::move(keys);
        return next;
    }

    void expect_appended(std::vector<EventEnvelope> events) {
        EXPECT_TRUE(std::holds_alternative<Appended>(append(std::move(events))));
    }

    /// Nothing is written, and it is told whose the wanted keys were.
    void expect_taken(
        const std::vector<EventEnvelope>& events,
        const std::map<std::string, std::string>& entities
    ) {
        const Position head = log->head().position, before = done(first);
        const auto result = append(events);
        ASSERT_TRUE(std::holds_alternative<Taken>(result));
        domain::KeyHolders holders;
        for (const auto& [key, entity] : entities) holders.set({"account", "email", key}, entity);
        EXPECT_EQ(std::get<Taken>(result).holders, holders);
        EXPECT_EQ(log->head().position, head);
        EXPECT_EQ(done(first), before == Position{-1} ? Position{0} : before);
        for (const auto& each : events) --versions_[each.stream.entity];
    }

  private:
    int commands_ = 0;
    std::map<std::string, std::int64_t> versions_;
};

TEST_P(ReservationsSuite, BelongToOneStreamUntilThatOneFreesThem) {
    expect_appended({event("ada", {take("x"), take("y")})});
    expect_taken({event("bob", {take("x")})}, {{"x", "ada"}});
    expect_appended({event("ada", {take("x")})});
    expect_appended({event("bob", {give("x")})});
    expect_taken({event("bob", {take("x"), take("z")})}, {{"x", "ada"}});
    expect_appended({event("ada", {give("x")})});
    expect_appended({event("bob", {take("x")})});
    expect_taken(
        {event("ada", {take("x")}), event("ada", {take("y")})}, {{"x", "bob"}, {"y", "ada"}}
    );
}

TEST_P(ReservationsSuite, GoFromOneToTheNextInTheOrderOfABatch) {
    expect_appended({event("ada", {take("x")})});
    expect_taken({event("bob", {take("x")}), event("ada", {give("x")})}, {{"x", "ada"}});
    expect_appended(
        {event("ada", {give("x")}),
         event("bob", {take("x")}),
         event("bob", {give("x"), take("y")}),
         event("eve", {take("x")}),
         event("ada", {give("x")})}
    );
    expect_taken(
        {event("ada", {take("x")}), event("ada", {take("y")})}, {{"x", "eve"}, {"y", "bob"}}
    );
}

TEST_P(ReservationsSuite, AreOneStreamsAloneWithinABatch) {
    expect_taken({event("ada", {take("x")}), event("bob", {take("x")})}, {});
    expect_taken({event("ada", {take("x")}), event("bob", {give("x"), take("x")})}, {});
    expect_appended({event("bob", {take("x")})});
}

TEST_P(ReservationsSuite, AreOfTheirCategoryAndScope) {
    expect_appended({event("ada", {take("x")})});
    expect_appended({event("bob", {{KeyChange::What::takes, "name", "x"}})});
    auto invoice = event("1", {take("x")});
    invoice.stream.category = "invoice";
    expect_appended({invoice});
}

TEST_P(ReservationsSuite, AreComparedByteByByteAndMayBeAnyPrintableText) {
    const std::string text = R"(zoë "schön", {a\b}=é.example?#/' )";
    expect_appended({event("ada", {take(text), take("A@b"), take(std::string(256, 'k'))})});
    expect_appended({event("bob", {take("a@b"), take("zoe\u0308")})});
    const std::string strange = R"(b "\{,} ö)";
    expect_appended({event(strange, {take("z")})});
    expect_taken({event("eve", {take(text), take("z")})}, {{text, "ada"}, {"z", strange}});
}

TEST_P(ReservationsSuite, AreStoredWithTheirEventOrNot) {
    auto late = event("ada", {take("x")});
    late.version = {2};
    EXPECT_TRUE(std::holds_alternative<VersionConflict>(append({late})));
    const auto old = claim(first);
    claim(first);
    const auto fenced = log->append({{one_more(old)}, {event("eve", {take("x")})}});
    EXPECT_TRUE(std::holds_alternative<Fenced>(fenced));
    expect_appended({event("bob", {take("x")})});
    const auto read = log->read({0}, 10);
    ASSERT_EQ(read.size(), 1u);
    EXPECT_TRUE(read[0].keys.empty());
}

TEST_P(ReservationsSuite, AreTakenByOneOfManyAtOnce) {
    constexpr int writers = 4;
    std::vector<domain::AppendResult> results(writers);
    std::vector<std::thread> threads;
    for (int i = 0; i < writers; ++i) {
        const std::string entity = "user-" + std::to_string(i);
        commands->append(std::vector{kit::sample_command(i + 1, entity)});
        EventEnvelope joined = kit::sample_event(i + 1, entity, 1);
        joined.keys = {take("x")};
        const domain::EventBatch batch{{one_more(claim({"account", i}))}, {joined}};
        threads.emplace_back([this, i, batch, &results] {
            results[static_cast<std::size_t>(i)] = world->make_event_log()->append(batch);
        });
    }
    for (auto& thread : threads) thread.join();
    const auto count = [&]<class What>(What) {
        return std::ranges::count_if(results, [](const auto& result) {
            return std::holds_alternative<What>(result);
        });
    };
    EXPECT_EQ(count(Appended{}), 1);
    EXPECT_EQ(count(Taken{}), writers - 1);
}

}  // namespace contract
