#include "domain/kernel/wire.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>

namespace domain {
namespace {

struct Line {
    std::string sku;
    std::uint8_t count = 0;
    std::optional<std::vector<Line>> parts{};
    bool operator==(const Line&) const = default;
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
    bool operator==(const Ordered&) const = default;
};

/// Everything that a message can be made of.
struct Shop {
    static constexpr std::string_view category = "shop";
    using Command = std::variant<Order, Cancel>;
    using Event = std::variant<Ordered>;
    struct State {
        std::int64_t cents = 0;
        std::vector<bool> history;
        std::optional<std::string> initial;  ///< the first byte, which is a mistake, of a coupon
        std::map<std::string, int> index;
    };
    static constexpr auto access = domain::access(allow<Order, Cancel>(anyone()));
    static bool may_read(const State&, const Asked&) { return true; }
    static Decision<Event> decide(const Command& command, const State& state) {
        if (std::holds_alternative<Cancel>(command)) return std::vector<Event>{};
        const auto& order = std::get<Order>(command);
        if (state.cents > 1000) return Rejection{"too-much", "That is too much."};
        Ordered ordered{order.cents, order.coupon, order.lines};
        if (order.note == "cut") ordered.lines.push_back({order.coupon->substr(0, 1), 0});
        for (int n = 0; order.note == "nest" && n < 40; ++n)
            ordered.lines = {{"", 0, ordered.lines}};
        return std::vector<Event>{ordered, ordered};
    }
    static State evolve(State state, const Event& event) {
        state.cents += std::get<Ordered>(event).cents;
        state.history.push_back(true);
        if (const auto& coupon = std::get<Ordered>(event).coupon) {
            state.initial = coupon->substr(0, 1);
            ++state.index[*coupon];
        }
        return state;
    }
};

}  // namespace

template <>
inline constexpr auto wire<Line> =
    object(field("sku", &Line::sku), field("count", &Line::count), field("parts", &Line::parts));
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
inline constexpr auto wire<Shop::State> = object(
    field("cents", &Shop::State::cents),
    field("history", &Shop::State::history),
    field("initial", &Shop::State::initial),
    hidden(&Shop::State::index)
);

namespace {

const WiredAggregate<Shop> shop;

constexpr std::string_view order =
    R"({"lines":[{"sku":"tea","count":255}],"note":"ü","urgent":true,"cents":-5,"rank":-128,)"
    R"("coupon":null})";

using Error = std::pair<std::string, std::string>;
using Errors = std::vector<Error>;

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

/// What becomes of `order_with("cents", cents)`.
Payload ordered_data(const std::string& cents) {
    return R"({"lines":[{"sku":"tea","count":255}],"cents":)" + cents + "}";
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
    for (auto body : {"null", "[]", "5", "1e999", "\"x\""})
        EXPECT_EQ(errors("cancel", body), (Errors{{"", "wrong-type"}})) << body;
    for (auto body : {"", "{", "{}x", "{'a':1}", "\xff", "{\"note\":\"\xff\"}"})
        EXPECT_EQ(errors("cancel", body), (Errors{{"", "invalid-json"}})) << body;
}

TEST(Wire, RefusesAFieldThatStandsTwice) {
    const auto twice = [](std::string_view again) {
        return std::string(order.substr(0, order.size() - 1)) + "," + std::string(again) + "}";
    };
    for (auto again : {R"("cents":-5)", R"("cents":"x")", R"("\u0063ents":1)", R"("cen\u0074s":1)"})
        EXPECT_EQ(errors("order", twice(again)).back(), (Error{"/cents", "duplicate"})) << again;
    EXPECT_EQ(
        errors("order", twice(R"("coupon":null,"coupon":"x")")), (Errors{{"/coupon", "duplicate"}})
    );
    EXPECT_EQ(
        errors("order", order_with("lines", R"([{"count":1,"sku":"a","\u0073ku":"a"}])")),
        (Errors{{"/lines/0/sku", "duplicate"}})
    );
    EXPECT_EQ(
        errors("order", twice(R"("a/b":{"x":1,"x":2},"a/b":2)")),
        (Errors{{"/a~1b", "unknown"}, {"/a~1b", "unknown"}})
    );
}

TEST(Wire, NamesEachFieldThatIsMissingOrUnknown) {
    EXPECT_EQ(
        errors("order", R"({"note":"","urgent":false,"lines":[],"a/b~c":1})"),
        (Errors{{"/cents", "missing"}, {"/rank", "missing"}, {"/a~1b~0c", "unknown"}})
    );
    EXPECT_EQ(errors("cancel", R"({"":0})"), (Errors{{"/", "unknown"}}));
}

TEST(Wire, RefusesWrongTypes) {
    for (auto value : {"1.5", "1e-1", "1e-400", "\"5\"", "null", "true", "[]", "{}"})
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
    EXPECT_EQ(errors("order", order_with("cents", "9223372036854775807.0")), Errors{});
    EXPECT_EQ(errors("order", order_with("cents", "-9223372036854775808")), Errors{});
    Errors cents{{"/cents", "out-of-range"}}, rank{{"/rank", "out-of-range"}};
    EXPECT_EQ(errors("order", order_with("cents", "9223372036854775808")), cents);
    EXPECT_EQ(errors("order", order_with("cents", "18446744073709551615")), cents);
    EXPECT_EQ(errors("order", order_with("rank", "128")), rank);
    EXPECT_EQ(errors("order", order_with("rank", "-129")), rank);
    for (auto value : {"18446744073709551616", "99999999999999999999", "-1e30", "1e400", "1.5e400"})
        EXPECT_EQ(errors("order", order_with("cents", value)), cents) << value;
}

TEST(Wire, TakesEachSpellingOfAWholeNumberExactly) {
    const std::pair<std::string, std::string> cases[] = {
        {"1e2", "100"},
        {"100.0", "100"},
        {"1.0e+2", "100"},
        {"-0", "0"},
        {"-0.0e-9", "0"},
        {"9007199254740993.0", "9007199254740993"},
        {"4611686018427387903.000", "4611686018427387903"},
        {"-461168601842738790400e-2", "-4611686018427387904"}};
    for (const auto& [written, meant] : cases) {
        auto decided = shop.decide("order", order_with("cents", written), nullptr, {});
        ASSERT_TRUE(decided) << written;
        EXPECT_EQ(decided->events.front().data, ordered_data(meant)) << written;
    }
}

TEST(Wire, PointsIntoLists) {
    EXPECT_EQ(
        errors("order", order_with("lines", R"([{"sku":"a","count":1},{"sku":5,"count":256}])")),
        (Errors{{"/lines/1/sku", "wrong-type"}, {"/lines/1/count", "out-of-range"}})
    );
}

TEST(Wire, TellsTheFirstFiftyErrorsAndThatThereAreMore) {
    std::string body = "{";
    for (int n = 0; n < 50; ++n) body += "\"f" + std::to_string(n) + "\":0,";
    body.back() = '}';
    EXPECT_EQ(errors("cancel", body).size(), 50u);
    EXPECT_EQ(errors("cancel", body).back(), (Error{"/f49", "unknown"}));
    for (int n = 50; n < 1000; ++n) body.insert(1, "\"f" + std::to_string(n) + "\":0,");
    EXPECT_EQ(errors("cancel", body).size(), 51u);
    EXPECT_EQ(errors("cancel", body).back(), (Error{"", "more-errors"}));
}

TEST(Wire, IsQuickAboutManyFields) {
    for (std::string name : {"note", "x"}) {
        std::string body = "{";
        for (int n = 0; n < 100'000; ++n) body += '"' + name + "\":0,";
        body.back() = '}';
        EXPECT_FALSE(errors("order", body).empty());
    }
}

TEST(Wire, SurvivesDepth) {
    std::string deep(100'000, '[');
    EXPECT_EQ(errors("cancel", deep + std::string(100'000, ']')), (Errors{{"", "invalid-json"}}));
    EXPECT_EQ(errors("cancel", deep), (Errors{{"", "invalid-json"}}));
}

TEST(Wire, DecidesEventsAndTheStateAfterThem) {
    auto decided =
        shop.decide("order", order, fold(event("ordered", R"({"cents":7,"lines":[]})")), {});
    ASSERT_TRUE(decided);
    NewEvent expected{"ordered", ordered_data("-5")};
    EXPECT_EQ(decided->events, (std::vector{expected, expected}));
    EXPECT_EQ(shop.state(decided->state), R"({"cents":-3,"history":[true,true,true]})");
}

TEST(Wire, DecidesNothingAndKeepsTheState) {
    auto before = fold(event("ordered", R"({"cents":7,"lines":[]})"));
    auto decided = shop.decide("cancel", "{}", before, {});
    ASSERT_TRUE(decided);
    EXPECT_TRUE(decided->events.empty());
    EXPECT_EQ(decided->state, before);
}

TEST(Wire, RefusesAsTheDomainAndTheWireDo) {
    auto rich = fold(event("ordered", R"({"cents":7000,"lines":[]})"));
    EXPECT_EQ(shop.decide("order", order, rich, {}).error().code, "too-much");
    EXPECT_EQ(shop.decide("order", "{}", rich, {}).error().code, "invalid-command");
    EXPECT_EQ(shop.decide("refund", "{}", rich, {}).error().code, "unknown-command");
}

TEST(Wire, StartsFromTheStateBeforeTheFirstEvent) {
    EXPECT_EQ(shop.state(nullptr), R"({"cents":0,"history":[]})");
}

TEST(Wire, FoldsOnFromAStateWithoutChangingIt) {
    auto once = fold(event("ordered", R"({"cents":7,"coupon":"SAVE","lines":[],"gone":1})"));
    auto twice = shop.fold(once, std::vector{event("ordered", R"({"cents":1,"lines":[]})")});
    EXPECT_EQ(shop.state(once), R"({"cents":7,"history":[true],"initial":"S"})");
    EXPECT_EQ(shop.state(twice), R"({"cents":8,"history":[true,true],"initial":"S"})");
}

TEST(Wire, ThrowsOnAHistoryThatItDoesNotKnow) {
    EXPECT_THROW(fold(event("refunded", "{}")), std::runtime_error);
    EXPECT_THROW(fold(event("ordered", R"({"lines":[]})")), std::runtime_error);
    EXPECT_THROW(fold(event("ordered", R"({"cents":"7","lines":[]})")), std::runtime_error);
    EXPECT_THROW(fold(event("ordered", "{")), std::runtime_error);
}

TEST(Wire, TakesTheLastOfAFieldThatStandsTwiceInAStoredEvent) {
    auto folded = fold(event("ordered", R"({"cents":1,"lines":[],"cents":2,"gone":1,"gone":2})"));
    EXPECT_EQ(shop.state(folded), R"({"cents":2,"history":[true]})");
}

TEST(Wire, KeepsEachCharacter) {
    const std::string text = R"("\u0000\u001f \" \\ / \n ü€😀")";
    auto decided = shop.decide("order", order_with("coupon", text), nullptr, {});
    ASSERT_TRUE(decided);
    const auto& stored = decided->events.front().data;
    EXPECT_NE(stored.find(R"("coupon":)" + text), std::string::npos) << stored;
    EXPECT_NE(shop.state(decided->state).find(R"("initial":"\u0000")"), std::string::npos);
}

/// What is thrown by deciding `order` with this note and a coupon that begins with an umlaut.
std::string thrown(const std::string& note) {
    std::string body = order_with("coupon", "\"ümlaut\"");
    body.replace(body.find("ü\""), 2, note);
    try {
        EXPECT_TRUE(shop.decide("order", body, nullptr, {}));
        return "";
    } catch (const std::exception& error) {
        return error.what();
    }
}

TEST(Wire, FailsOnAnEventWithATextThatWasCutInsideACharacter) {
    EXPECT_EQ(
        thrown("cut"),
        R"(event ordered, field "/lines/1/sku": its text is not UTF-8: cut inside a character?)"
    );
}

TEST(Wire, FailsOnAnEventThatCannotBeReadBack) {
    EXPECT_EQ(
        thrown("nest"), R"(event ordered, field "": This is not JSON, or is nested too deep.)"
    );
}

TEST(Wire, ShowsAStateWhoseTextWasCut) {
    auto folded = fold(event("ordered", R"({"cents":1,"lines":[],"coupon":"ümlaut"})"));
    EXPECT_EQ(shop.state(folded), "{\"cents\":1,\"history\":[true],\"initial\":\"\xef\xbf\xbd\"}");
}

TEST(Wire, FoldsOnlyWhatIsStored) {
    auto decided = shop.decide("order", order_with("coupon", R"("SAVE")"), nullptr, {});
    ASSERT_TRUE(decided);
    Folded again;
    for (const auto& stored : decided->events)
        again = shop.fold(again, std::vector{event(stored.type, stored.data)});
    EXPECT_EQ(shop.state(decided->state), shop.state(again));
}

}  // namespace domain
