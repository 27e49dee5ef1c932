#include "domain/kernel/reservation.hpp"
#include "tests/kit/member.hpp"

#include <gtest/gtest.h>

namespace domain {
namespace {

constexpr auto takes = KeyChange::What::takes, frees = KeyChange::What::frees;
using Changes = std::vector<KeyChange>;

Changes changes(const Reservations& before, const Reservations& after) {
    return key_changes(before, after).value();
}

TEST(Reservation, IsTakenByTheStateThatHasItAndFreedByTheOneThatHasNot) {
    EXPECT_EQ(changes({}, {{"email", "a@b"}}), (Changes{{takes, "email", "a@b"}}));
    EXPECT_EQ(changes({{"email", "a@b"}}, {{"email", ""}}), (Changes{{frees, "email", "a@b"}}));
    EXPECT_EQ(
        changes({{"email", "a@b"}, {"name", "ada"}}, {{"name", "ada"}, {"email", "c@d"}}),
        (Changes{{frees, "email", "a@b"}, {takes, "email", "c@d"}})
    );
    EXPECT_EQ(changes({{"email", "x"}}, {{"name", "x"}}).size(), 2u) << "scopes never meet";
    EXPECT_EQ(changes({}, {{"email", "x"}, {"email", "x"}}).size(), 1u);
}

TEST(Reservation, IsOfPrintableTextWithinItsLimit) {
    const std::string longest(key_bytes_max, 'a');
    EXPECT_EQ(changes({}, {{"email", longest}}).size(), 1u);
    EXPECT_EQ(changes({}, {{"email", "zoë schön/?#"}}).size(), 1u);
    for (const std::string& key :
         {longest + 'a',
          std::string("a\nb"),
          std::string("a\0b", 3),
          std::string("a\xc2\x85"),
          std::string("\xed\xa0\x80")}) {
        const auto refused = key_changes({}, {{"email", key}});
        ASSERT_FALSE(refused) << key;
        EXPECT_EQ(refused.error().code, "invalid-key");
    }
    Reservations many;
    for (std::size_t i = 0; i <= keys_max; ++i) many.push_back({"name", std::to_string(i)});
    EXPECT_EQ(key_changes({}, many).error().code, "too-many-keys");
    many.pop_back();
    EXPECT_EQ(changes({}, many).size(), keys_max);
}

/// The changes that a command comes to.
Changes after(std::string_view command, std::string_view data, Folded& state) {
    const auto aggregate = member_aggregate();
    Decided decided = aggregate->decide(command, data, state, {}).value();
    state = decided.state;
    Changes all;
    for (const auto& event : decided.events)
        all.insert(all.end(), event.keys.begin(), event.keys.end());
    return all;
}

TEST(Reservation, GoesWithTheEventOfAnAggregateThatSaysSo) {
    Folded state;
    EXPECT_EQ(after("join", R"({"email":"a@b"})", state), (Changes{{takes, "email", "a@b"}}));
    EXPECT_EQ(after("join", R"({"email":"a@b"})", state), Changes{});
    EXPECT_EQ(
        after("change-email", R"({"email":"c@d"})", state),
        (Changes{{frees, "email", "a@b"}, {takes, "email", "c@d"}})
    );
    const Reservations own = member_aggregate()->reserves(state);
    ASSERT_EQ(own.size(), 1u);
    EXPECT_EQ(own[0].key, "c@d");
    EXPECT_EQ(after("leave", "{}", state), (Changes{{frees, "email", "c@d"}}));
    EXPECT_EQ(
        member_aggregate()->decide("join", R"({"email":"a\nb"})", state, {}).error().code,
        "invalid-key"
    );
}

}  // namespace
}  // namespace domain
