#pragma once

#include "tests/contract/event_log_suite.hpp"

namespace contract {

class EventRecipientsSuite : public EventLogSuite {};

TEST_P(EventRecipientsSuite, BringTheEventsThatOthersHearOf) {
    store_five();  // of users 1, 2, 0, 0, 1
    std::vector<EventEnvelope> heard;
    for (int n = 6; n <= 8; ++n) heard.push_back(kit::sample_event(n, "eve", n - 5));
    const std::string eve = domain::user_key(heard[0].issuer);
    heard[0].hears = {"idp user-1", "zoe"};
    heard[2].hears = {"idp ada of a name with spaces", "zoe"};
    ASSERT_EQ(append(heard), domain::AppendResult(Appended{{8}}));

    const auto all = log->read({4}, 10);
    ASSERT_EQ(positions(all), (Positions{5, 6, 7, 8}));
    EXPECT_EQ(all[0].hears, std::vector<std::string>{});
    EXPECT_EQ(all[1].hears, heard[0].hears);
    EXPECT_EQ(all[2].hears, std::vector<std::string>{});
    EXPECT_EQ(all[3].hears, heard[2].hears);

    EXPECT_EQ(positions(log->read_user("zoe", {0}, {8}, 10)), (Positions{6, 8}));
    EXPECT_EQ(positions(log->read_user("zoe", {6}, {8}, 10)), (Positions{8}));
    EXPECT_EQ(positions(log->read_user("zoe", {0}, {7}, 10)), (Positions{6}));
    EXPECT_EQ(positions(log->read_user("zoe", {0}, {8}, 1)), (Positions{6}));
    EXPECT_EQ(positions(log->read_user("idp user-1", {0}, {6}, 10)), (Positions{1, 5, 6}));
    EXPECT_EQ(positions(log->read_user("idp user-1", {0}, {8}, 2)), (Positions{1, 5}));
    EXPECT_EQ(
        positions(log->read_user("idp ada of a name with spaces", {0}, {8}, 10)), (Positions{8})
    );
    const auto own = positions(log->read_user(eve, {5}, {8}, 10));
    EXPECT_EQ(std::ranges::count(own, 6), 1);
}

TEST_P(EventRecipientsSuite, AreStoredWithTheirEventOrNot) {
    auto event = kit::sample_event(1, "ada", 2);  // there is no version 1
    event.hears = {"zoe"};
    EXPECT_TRUE(std::holds_alternative<VersionConflict>(append({event})));
    EXPECT_TRUE(log->read_user("zoe", {0}, {10}, 10).empty());
    event.version = {1};
    EXPECT_EQ(append({event}), domain::AppendResult(Appended{{1}}));
    EXPECT_EQ(positions(log->read_user("zoe", {0}, {10}, 10)), (Positions{1}));
}

}  // namespace contract
