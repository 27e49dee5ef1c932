#include "tests/simulation/promises.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace simulation {
namespace {

/// A short history that keeps every promise: ada opens an account and pays in, bob is refused.
struct PromisesSpec : testing::Test {
    PromisesSpec() {
        send("ada", "open", R"({"owner":"ada"})");
        send("bob", "withdraw", R"({"cents":5})");
        send("ada", "deposit", R"({"cents":7})");
        answer(0, "opened", "e", 1);
        answer(1, "rejected", "c1", 1);
        answer(2, "deposited", "e", 2);
        history.streams = {{"ada", {}}, {"bob", Place{1, 0}}, {"bob", {}, "account", "e"}};
        history.shown.push_back({.stream = 0, .kind = Shown::Kind::ready, .place = {1, 0}});
        for (const auto& event : history.events) {
            history.shown.push_back(
                {.stream = event.user == "ada" ? 0U : 1U,
                 .kind = Shown::Kind::event,
                 .place = {1, event.position},
                 .event_id = event.id,
                 .type = event.type,
                 .command_id = event.command_id,
                 .entity = event.entity,
                 .version = event.version,
                 .last = event.last}
            );
            history.records.push_back({"replies", event.position});
            if (event.category != "$command")
                history.records.push_back({"events.account", event.position});
        }
        history.shown.push_back(
            {.stream = 2,
             .kind = Shown::Kind::snapshot,
             .place = {1, 1},
             .event_id = history.events[0].id}
        );
        history.shown.push_back(
            {.stream = 2,
             .kind = Shown::Kind::event,
             .place = {1, 2},
             .event_id = history.events[2].id,
             .type = "deposited",
             .entity = "e",
             .version = 2,
             .data = R"({"cents":7})"}
        );
        for (const auto& command : history.commands)
            history.records.push_back({"commands.account", command.position});
    }

    void send(const std::string& user, const std::string& name, const std::string& body) {
        const auto number = history.requests.size();
        const std::string text = std::to_string(number);
        history.requests.push_back(
            {.user = user,
             .key = "k" + text,
             .category = "account",
             .entity = "e",
             .name = name,
             .body = body}
        );
        Request stored = history.requests.back();
        stored.key = "";
        history.commands.push_back(
            {.position = static_cast<std::int64_t>(number) + 1, .id = "c" + text, .request = stored}
        );
        history.replies.push_back(
            {.request = number, .status = 202, .command_id = "c" + text, .cursor = {1, 0}}
        );
    }

    void answer(
        std::size_t command,
        const std::string& type,
        const std::string& entity,
        std::int64_t version
    ) {
        const CommandRow& cause = history.commands[command];
        history.events.push_back(
            {.position = static_cast<std::int64_t>(history.events.size()) + 1,
             .id = cause.id + "-0",
             .user = cause.request.user,
             .category = entity == "e" ? "account" : "$command",
             .entity = entity,
             .version = version,
             .type = type,
             .data = type == "opened" ? R"({"owner":"ada","opened_by":"ada"})" : cause.request.body,
             .command_id = cause.id,
             .command_position = cause.position,
             .last = true}
        );
    }

    std::set<std::string> broken() {
        std::set<std::string> promises;
        for (const auto& [promise, what] : broken_promises(history)) promises.insert(promise);
        return promises;
    }

    History history;
};

using Names = std::set<std::string>;

TEST_F(PromisesSpec, AreKeptByASoundHistory) { EXPECT_EQ(broken(), Names{}); }

TEST_F(PromisesSpec, NoticeAnAcceptedCommandThatIsNotStored) {
    history.commands.pop_back();
    EXPECT_TRUE(broken().contains("accepted is durable"));
}

TEST_F(PromisesSpec, NoticeACommandStoredOtherThanSent) {
    history.commands[2].request.body = R"({"cents":8})";
    EXPECT_TRUE(broken().contains("accepted is durable"));
}

TEST_F(PromisesSpec, NoticeTwoCommandsOfOneKey) {
    history.requests[2].key = "k0";
    EXPECT_EQ(broken(), Names{"nothing twice"});
}

TEST_F(PromisesSpec, NoticeAnEmailOfTwoMembers) {
    const auto add = [&](const char* category, const char* entity, const char* type) {
        EventRow& event = history.events.emplace_back(history.events.front());
        event.position = static_cast<std::int64_t>(history.events.size());
        event.category = category;
        event.entity = entity;
        event.type = type;
        event.data =
            event.category == "member" ? history.commands[0].request.body : R"({"code":"taken"})";
        return broken().contains("unique");
    };
    EXPECT_FALSE(add("member", "a", "joined"));
    EXPECT_FALSE(add("$command", "c0", "rejected")) << "another had it";
    EXPECT_FALSE(add("member", "a", "left"));
    EXPECT_FALSE(add("member", "b", "joined"));
    EXPECT_TRUE(add("member", "c", "joined"));
}

TEST_F(PromisesSpec, NoticeARefusalOfWhatNobodyHad) {
    history.events[1].data = R"({"code":"taken"})";
    EXPECT_TRUE(broken().contains("unique"));
}

TEST_F(PromisesSpec, NoticeACommandThatNobodySent) {
    history.replies.pop_back();
    EXPECT_EQ(broken(), Names{"nothing twice"});
}

TEST_F(PromisesSpec, NoticeADeadLetterThatIsMissingOrRetriedTwice) {
    history.events[1].type = "failed";
    EXPECT_TRUE(broken().contains("dead letters"));
    history.dead_letters.push_back({.command_id = "c1", .reason = "why", .retried_as = "c2"});
    history.commands[2].causation = "c1";
    history.commands[2].request = history.commands[1].request;
    EXPECT_FALSE(broken().contains("dead letters"));
    history.dead_letters[0].retried_as = "c0";
    EXPECT_TRUE(broken().contains("dead letters"));
    history.dead_letters[0].retried_as = "c2";
    history.commands[2].request.user = "eve";
    EXPECT_TRUE(broken().contains("dead letters"));
}

TEST_F(PromisesSpec, NoticeARequestRefusedAsAnotherOne) {
    history.replies.push_back({.request = 0, .status = 422});
    EXPECT_EQ(broken(), Names{"nothing twice"});
}

TEST_F(PromisesSpec, NoticeACommandWithoutAnAnswer) {
    history.events.pop_back();
    history.shown.erase(history.shown.begin() + 3);  // its user's
    history.shown.pop_back();                        // and its follower's
    EXPECT_EQ(broken(), (Names{"answered exactly once", "nothing twice"}));
}

TEST_F(PromisesSpec, NoticeACommandThatIsToldAsSomethingElse) {
    history.statuses = {{"c1", "pending", 0}, {"c1", "rejected", 1}, {"c1", "pending", 1}};
    EXPECT_EQ(broken(), Names{});
    history.statuses.push_back({"c1", "pending", 2});
    EXPECT_EQ(broken(), Names{"answered exactly once"});
    history.statuses = {{"c1", "applied", 0}};
    EXPECT_EQ(broken(), Names{"answered exactly once"});
}

TEST_F(PromisesSpec, NoticeACommandCarriedOutTwice) {
    answer(2, "deposited", "e", 3);
    EXPECT_TRUE(broken().contains("answered exactly once"));
    EXPECT_TRUE(broken().contains("nothing twice"));
}

TEST_F(PromisesSpec, NoticeAnotherEffectThanTheDomainsOwn) {
    history.events[1].type = history.shown[2].type = "unchanged";
    EXPECT_EQ(broken(), Names{"nothing twice"});
}

TEST_F(PromisesSpec, NoticeAnotherAmount) {
    history.events[2].data = history.shown.back().data = R"({"cents":8})";
    EXPECT_EQ(broken(), Names{"nothing twice"});
}

TEST_F(PromisesSpec, NoticeHoles) {
    history.events[2].position = 4;
    EXPECT_TRUE(broken().contains("one order"));
    history.events[2].position = 3;
    history.events[2].version = 3;
    EXPECT_TRUE(broken().contains("one order"));
    history.events[2].version = 2;
    history.commands[2].position = 4;
    EXPECT_TRUE(broken().contains("one order"));
}

TEST_F(PromisesSpec, NoticeAnEventMissedRepeatedOrOutOfOrder) {
    const auto sound = history.shown;
    history.shown.erase(history.shown.begin() + 3);
    EXPECT_EQ(broken(), Names{"no event is missed"});
    history.shown = sound;
    history.shown.push_back(sound[3]);
    EXPECT_EQ(broken(), Names{"no event is missed"});
    history.shown = sound;
    std::swap(history.shown[1], history.shown[3]);
    EXPECT_EQ(broken(), Names{"no event is missed"});
}

TEST_F(PromisesSpec, NoticeAnEventOfAnotherUser) {
    history.shown[2].stream = 0;
    EXPECT_EQ(broken(), Names{"no event is missed"});
}

TEST_F(PromisesSpec, NoticeAStreamThatBeginsAnewOrNever) {
    history.shown.push_back({.stream = 0, .kind = Shown::Kind::reset, .place = {1, 3}});
    EXPECT_EQ(broken(), Names{"no event is missed"});
    history.shown.pop_back();
    history.streams.push_back({"ada", {}});
    EXPECT_EQ(broken(), Names{"no event is missed"});
}

TEST_F(PromisesSpec, NoticeWhatAFollowerMissesOrShouldNotHave) {
    const auto sound = history.shown;
    const auto spoilt = [&](auto spoil) {
        history.shown = sound;
        spoil(history.shown);
        return broken();
    };
    const Names missed{"no event is missed"};
    EXPECT_EQ(spoilt([](auto& shown) { shown.pop_back(); }), missed);
    EXPECT_EQ(spoilt([](auto& shown) { shown.push_back(shown.back()); }), missed);
    EXPECT_EQ(spoilt([](auto& shown) { shown.erase(shown.end() - 2); }), missed);
    EXPECT_EQ(spoilt([](auto& shown) { shown.back().data = R"({"cents":8})"; }), missed);
    EXPECT_EQ(spoilt([](auto& shown) { shown.back().command_id = "c2"; }), missed);
    EXPECT_EQ(spoilt([](auto& shown) { (shown.end() - 2)->event_id = "c2-0"; }), missed);
    EXPECT_EQ(spoilt([](auto& shown) { shown.push_back(*(shown.end() - 2)); }), missed);
    history.shown = sound;
    history.streams[2].entity = "none";
    history.shown.resize(sound.size() - 2);
    EXPECT_EQ(broken(), Names{}) << "what is not there cannot be followed";
}

TEST_F(PromisesSpec, NoticeACursorBehindTheCommandsOwnEvents) {
    history.replies[0].cursor.position = 1;
    EXPECT_EQ(broken(), Names{"no event is missed"});
}

TEST_F(PromisesSpec, NoticeACommandCarriedOutAtAVersionThatItDidNotExpect) {
    const auto expect = [this](std::size_t command, const std::set<std::int64_t>& versions) {
        history.requests[command].expected = versions;
        history.commands[command].request.expected = versions;
        return broken();
    };
    EXPECT_EQ(expect(2, {1}), Names{});
    EXPECT_EQ(expect(2, {0, 1, 7}), Names{});
    EXPECT_EQ(expect(2, {}), Names{}) << "it is there";
    EXPECT_EQ(expect(2, {0, 2}), Names{"nothing twice"});
    EXPECT_EQ(expect(2, {1}), Names{});
    EXPECT_EQ(expect(0, {0}), Names{});
    EXPECT_EQ(expect(0, {}), Names{"nothing twice"}) << "there was none yet";
}

TEST_F(PromisesSpec, NoticeWhatATopicLacks) {
    history.records.pop_back();
    EXPECT_EQ(broken(), Names{"all is relayed"});
    history.broker_lost_records = true;
    EXPECT_EQ(broken(), Names{});
}

TEST_F(PromisesSpec, NoticeMoreCommandsThanAUserMaySend) {
    history.commands_of_user = {.per_s = 2, .at_once = 3};
    const auto let_in = [this](std::int64_t at_ms) {
        history.let_in.push_back({.gateway = "gateway", .user = "ada", .at_ms = at_ms});
    };
    for (const int at_ms : {0, 0, 0, 500, 1'000}) let_in(at_ms);
    EXPECT_EQ(broken(), Names{});
    for (const int at_ms : {1'100, 1'200}) let_in(at_ms);
    EXPECT_EQ(broken(), Names{"everything has a limit"});
}

TEST_F(PromisesSpec, NoticeMoreBytesThanAUserMaySend) {
    history.bytes_of_user = {.per_s = 100, .at_once = 300};
    history.let_in = {
        {.gateway = "gateway", .user = "ada", .bytes = 5'000, .at_ms = 0},  // after a rest
        {.gateway = "gateway", .user = "bob", .bytes = 300, .at_ms = 0},
        {.gateway = "other", .user = "ada", .bytes = 300, .at_ms = 0}};
    EXPECT_EQ(broken(), Names{});
    history.let_in.push_back({.gateway = "gateway", .user = "ada", .bytes = 1, .at_ms = 40'000});
    EXPECT_EQ(broken(), Names{"everything has a limit"});
}

}  // namespace
}  // namespace simulation
