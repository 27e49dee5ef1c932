#include "domain/kernel/wire.hpp"

#include <gtest/gtest.h>

namespace domain {
namespace {

struct Line {
    std::string sku;
    std::uint8_t count = 0;
};
struct Order {
    std::string note;
    bool urgent = false;
    std::int64_t cents = 0;
    std::int8_t rank = 0;
    std::optional<std::string> coupon;
    std::vector<Line> lines;
};
struct Cancel {};
struct Ordered {
    std::int64_t cents = 0;
    std::optional<std::string> coupon;
    std::vector<Line> lines;
};

/// Everything that a message can be made of.
struct Shop {
    static constexpr std::string_view category = "shop";
    using Command = std::variant<Order, Cancel>;
    using Event = std::variant<Ordered>;
    struct State {
        std::int64_t cents = 0;
        std::vector<bool> history;
    };
    static Decision<Event> decide(const Command& command, const State& state) {
        if (std::holds_alternative<Cancel>(command)) return std::vector<Event>{};
        const auto& order = std::get<Order>(command);
        if (state.cents > 1000) return Rejection{"too-much", "That is too much."};
        Ordered ordered{order.cents, order.coupon, order.lines};
        return std::vector<Event>{ordered, ordered};
    }
    static State evolve(State state, const Event& event) {
        state.cents += std::get<Ordered>(event).cents;
        state.history.push_back(true);
        return state;
    }
};

}  // namespace

template <>
inline constexpr auto wire<Line> = object(field("sku", &Line::sku), field("count", &Line::count));
template <>
inline constexpr auto wire<Order> = message(
    "order",
    field("note", &Order::note),
    field("urgent", &Order::urgent),
    field("cents", &Order::cents),
    field("rank", &Order::rank),
    field("coupon", &Order::coupon),
    field("lines", &Order::lines)
);
template <>
inline constexpr auto wire<Cancel> = message("cancel");
template <>
inline constexpr auto wire<Ordered> = message(
    "ordered",
    field("lines", &Ordered::lines),
    field("coupon", &Ordered::coupon),
    field("cents", &Ordered::cents)
);
template <>
inline constexpr auto wire<Shop::State> =
    object(field("cents", &Shop::State::cents), field("history", &Shop::State::history));

namespace {

const WiredAggregate<Shop> shop;

constexpr std::string_view order =
    R"({"lines":[{"sku":"tea","count":255}],"note":"ü","urgent":true,"cents":-5,"rank":-128,)"
    R"("coupon":null})";

using Errors = std::vector<std::pair<std::string, std::string>>;

/// Where and why the body of the command is refused.
Errors errors(std::string_view name, std::string_view body) {
    Errors errors;
    auto refused = shop.check(name, body);
    if (!refused) return errors;
    EXPECT_EQ(refused->code, "invalid-command");
    for (const auto& error : refused->errors) errors.emplace_back(error.location, error.code);
    EXPECT_FALSE(errors.empty());
    return errors;
}

/// `order` with another value for one field.
std::string order_with(const std::string& field, const std::string& value) {
    auto json = nlohmann::ordered_json::parse(order);
    json[field] = "placeholder";
    auto text = json.dump();
    return text.replace(text.find("\"placeholder\""), 13, value);
}

EventEnvelope event(std::string type, Payload data) {
    EventEnvelope event;
    event.type = std::move(type);
    event.data = std::move(data);
    return event;
}

Folded fold(EventEnvelope happened) { return shop.fold(nullptr, std::vector{happened}); }

}  // namespace

TEST(Wire, NamesItsCommandsInOrder) {
    EXPECT_EQ(shop.commands(), (std::vector<std::string_view>{"order", "cancel"}));
    EXPECT_EQ(shop.check("refund", "{}")->code, "unknown-command");
    EXPECT_EQ(shop.check("", "{}")->code, "unknown-command");
    EXPECT_EQ(shop.check("ordered", "{}")->code, "unknown-command");
}

TEST(Wire, AcceptsABodyThatIsAsDescribed) {
    EXPECT_EQ(errors("order", order), Errors{});
    EXPECT_EQ(errors("order", order_with("coupon", R"("SAVE")")), Errors{});
    EXPECT_EQ(errors("cancel", " {} "), Errors{});
}

TEST(Wire, RefusesWhatIsNoObject) {
    for (auto body :
         {"",
          "null",
          "[]",
          "5",
          "\"x\"",
          "{",
          "{}x",
          "{'a':1}",
          "\xff",
          "{\"note\":\"\xff\"}",
          "{\"cents\":1e999}"})
        EXPECT_EQ(errors("cancel", body), (Errors{{"", "wrong-type"}})) << body;
}

TEST(Wire, NamesEachFieldThatIsMissingOrUnknown) {
    EXPECT_EQ(
        errors("order", R"({"note":"","urgent":false,"lines":[],"a/b~c":1})"),
        (Errors{{"/cents", "missing"}, {"/rank", "missing"}, {"/a~1b~0c", "unknown"}})
    );
    EXPECT_EQ(errors("cancel", R"({"":0})"), (Errors{{"/", "unknown"}}));
}

TEST(Wire, RefusesWrongTypes) {
    for (auto value : {"1.5", "1.0", "1e30", "\"5\"", "null", "true", "[]", "{}"})
        EXPECT_EQ(errors("order", order_with("cents", value)), (Errors{{"/cents", "wrong-type"}}))
            << value;
    for (auto value : {"1", "null", "[]"})
        EXPECT_EQ(errors("order", order_with("note", value)), (Errors{{"/note", "wrong-type"}}));
    for (auto value : {"1", "null", "\"true\""})
        EXPECT_EQ(
            errors("order", order_with("urgent", value)), (Errors{{"/urgent", "wrong-type"}})
        );
    for (auto value : {"1", "null", "{}"})
        EXPECT_EQ(errors("order", order_with("lines", value)), (Errors{{"/lines", "wrong-type"}}));
    EXPECT_EQ(errors("order", order_with("coupon", "5")), (Errors{{"/coupon", "wrong-type"}}));
}

TEST(Wire, KeepsIntegersInTheirRange) {
    EXPECT_EQ(errors("order", order_with("cents", "9223372036854775807")), Errors{});
    EXPECT_EQ(errors("order", order_with("cents", "-9223372036854775808")), Errors{});
    Errors cents{{"/cents", "out-of-range"}}, rank{{"/rank", "out-of-range"}};
    EXPECT_EQ(errors("order", order_with("cents", "9223372036854775808")), cents);
    EXPECT_EQ(errors("order", order_with("cents", "18446744073709551615")), cents);
    EXPECT_EQ(errors("order", order_with("rank", "128")), rank);
    EXPECT_EQ(errors("order", order_with("rank", "-129")), rank);
    EXPECT_FALSE(errors("order", order_with("cents", "99999999999999999999")).empty());
}

TEST(Wire, PointsIntoLists) {
    EXPECT_EQ(
        errors("order", order_with("lines", R"([{"sku":"a","count":1},{"sku":5,"count":256}])")),
        (Errors{{"/lines/1/sku", "wrong-type"}, {"/lines/1/count", "out-of-range"}})
    );
}

TEST(Wire, TellsTheFirstFewErrorsOnly) {
    std::string body = "{";
    for (int n = 0; n < 1000; ++n) body += "\"f" + std::to_string(n) + "\":0,";
    body.back() = '}';
    EXPECT_EQ(errors("cancel", body).size(), 20u);
}

TEST(Wire, SurvivesDepth) {
    std::string deep(100'000, '[');
    EXPECT_EQ(errors("cancel", deep + std::string(100'000, ']')), (Errors{{"", "wrong-type"}}));
    EXPECT_EQ(errors("cancel", deep), (Errors{{"", "wrong-type"}}));
    std::string field = "{\"lines\":" + deep + std::string(100'000, ']') + "}";
    EXPECT_EQ(errors("cancel", field), (Errors{{"/lines", "unknown"}}));
}

TEST(Wire, DecidesEventsAndTheStateAfterThem) {
    auto decided = shop.decide("order", order, fold(event("ordered", R"({"cents":7,"lines":[]})")));
    ASSERT_TRUE(decided);
    NewEvent expected{"ordered", R"({"lines":[{"sku":"tea","count":255}],"cents":-5})"};
    EXPECT_EQ(decided->events, (std::vector{expected, expected}));
    EXPECT_EQ(shop.state(decided->state), R"({"cents":-3,"history":[true,true,true]})");
}

TEST(Wire, DecidesNothingAndKeepsTheState) {
    auto before = fold(event("ordered", R"({"cents":7,"lines":[]})"));
    auto decided = shop.decide("cancel", "{}", before);
    ASSERT_TRUE(decided);
    EXPECT_TRUE(decided->events.empty());
    EXPECT_EQ(decided->state, before);
}

TEST(Wire, RefusesAsTheDomainAndTheWireDo) {
    auto rich = fold(event("ordered", R"({"cents":7000,"lines":[]})"));
    EXPECT_EQ(shop.decide("order", order, rich).error().code, "too-much");
    EXPECT_EQ(shop.decide("order", "{}", rich).error().code, "invalid-command");
    EXPECT_EQ(shop.decide("refund", "{}", rich).error().code, "unknown-command");
}

TEST(Wire, StartsFromTheStateBeforeTheFirstEvent) {
    EXPECT_EQ(shop.state(nullptr), R"({"cents":0,"history":[]})");
}

TEST(Wire, FoldsOnFromAStateWithoutChangingIt) {
    auto once = fold(event("ordered", R"({"cents":7,"coupon":"SAVE","lines":[],"gone":1})"));
    auto twice = shop.fold(once, std::vector{event("ordered", R"({"cents":1,"lines":[]})")});
    EXPECT_EQ(shop.state(once), R"({"cents":7,"history":[true]})");
    EXPECT_EQ(shop.state(twice), R"({"cents":8,"history":[true,true]})");
}

TEST(Wire, ThrowsOnAHistoryThatItDoesNotKnow) {
    EXPECT_THROW(fold(event("refunded", "{}")), std::runtime_error);
    EXPECT_THROW(fold(event("ordered", R"({"lines":[]})")), std::runtime_error);
    EXPECT_THROW(fold(event("ordered", R"({"cents":"7","lines":[]})")), std::runtime_error);
    EXPECT_THROW(fold(event("ordered", "{")), std::runtime_error);
}

}  // namespace domain
