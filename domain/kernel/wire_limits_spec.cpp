#include "domain/kernel/spec_box.hpp"
#include "domain/kernel/wire.hpp"

#include <gtest/gtest.h>

namespace domain {
namespace {

using Money = Decimal<2>;
using std::chrono::sys_days;
using std::chrono::year_month_day;
using namespace std::chrono_literals;

struct Line {
    std::uint8_t count = 0;
    Money price;
    bool operator==(const Line&) const = default;
};
struct Bill {
    std::string note;
    std::optional<std::string> coupon;
    std::int64_t cents = 0;
    std::vector<Line> lines;
    std::map<std::string, bool> flags;
    std::vector<std::string> tags;
    std::map<std::string, Money> rates;
    std::optional<std::vector<std::vector<std::int64_t>>> grid;
    std::optional<std::chrono::year_month_day> due;
    std::optional<Timestamp> sent;
};
struct Billed {
    std::string note;
    std::vector<Line> lines;
    bool operator==(const Billed&) const = default;
};

struct Bills {
    static constexpr std::string_view category = "bills";
    using Command = std::variant<Bill>;
    using Event = std::variant<Billed>;
    struct State {
        std::string note;
    };
    static constexpr auto access = domain::access(allow<Bill>(anyone()));
    static bool may_read(const State&, const Asked&) { return true; }
    static Decision<Event> decide(const Command& command, const State&) {
        const auto& bill = std::get<Bill>(command);
        return std::vector<Event>{Billed{bill.note + bill.note, {{0, "-1"}}}};
    }
    static State evolve(State, const Event& event) { return {std::get<Billed>(event).note}; }
};

}  // namespace

template <>
inline constexpr auto wire<Line> = object(
    field("count", &Line::count, at_least(1), at_most(10)),
    field("price", &Line::price, at_least(0), at_most(Money("99.99")))
);
template <>
inline constexpr auto wire<Bill> = message(
    "bill",
    field("note", &Bill::note, length(1, 3)),
    field("coupon", &Bill::coupon, length(2, 2)),
    field("cents", &Bill::cents, at_least(-5), at_most(1'000'000'000'000)),
    field("lines", &Bill::lines, items(1, 2)),
    field("flags", &Bill::flags, items(0, 1)),
    field("tags", &Bill::tags, each(length(1, 3)), items(0, 3)),
    field("rates", &Bill::rates, keys(length(3, 3)), each(at_least(1), at_most(Money("9.99")))),
    field("grid", &Bill::grid, items(1, 2), each(items(1, 2), each(at_least(0)))),
    field(
        "due",
        &Bill::due,
        at_least(year_month_day{2020y / 1 / 1}),
        at_most(year_month_day{2029y / 12 / 31})
    ),
    field("sent", &Bill::sent, at_least(Timestamp(sys_days{2020y / 1 / 1})))
);
template <>
inline constexpr auto wire<Billed> =
    message("billed", field("note", &Billed::note, length(1, 3)), field("lines", &Billed::lines));
template <>
inline constexpr auto wire<Bills::State> = object(field("note", &Bills::State::note));

namespace {

/// What stands against a bill of which one field is `value`.
std::string against(std::string_view name, std::string_view value) {
    std::string json = "{";
    const std::pair<std::string_view, std::string_view> fields[] = {
        {"note", R"("ok")"},
        {"coupon", "null"},
        {"cents", "0"},
        {"lines", R"([{"count":1,"price":"0"}])"},
        {"flags", "{}"},
        {"tags", "[]"},
        {"rates", "{}"},
        {"grid", "null"},
        {"due", "null"},
        {"sent", "null"},
    };
    for (const auto& [field, sound] : fields) {
        json += '"' + std::string(field) + "\":";
        json += field == name ? value : sound;
        json += ',';
    }
    json.back() = '}';
    std::string again = struct_again<Bill>(json);
    return again.starts_with('{') ? "" : again;
}

}  // namespace

TEST(WireLimits, StandInTheDescription) {
    constexpr auto& note = std::get<0>(wire<Bill>.fields);
    static_assert(note.name == "note" && std::get<0>(note.limits).max == 3);
    constexpr auto& price = std::get<1>(wire<Line>.fields);
    static_assert(std::get<1>(price.limits).bound == "99.99");
}

TEST(WireLimits, HoldNumbers) {
    EXPECT_EQ(against("cents", "-5"), "");
    EXPECT_EQ(against("cents", "-6"), "/cents too-small");
    EXPECT_EQ(against("cents", "1e12"), "");
    EXPECT_EQ(against("cents", "1000000000001"), "/cents too-large");
    EXPECT_EQ(against("cents", "1e400"), "/cents out-of-range");
    EXPECT_EQ(against("cents", "1.5"), "/cents wrong-type");
}

TEST(WireLimits, HoldDecimals) {
    const auto price = [](std::string_view value) {
        return against("lines", R"([{"count":1,"price":)" + std::string(value) + "}]");
    };
    EXPECT_EQ(price("0"), "");
    EXPECT_EQ(price("-0.01"), "/lines/0/price too-small");
    EXPECT_EQ(price("\"99.99\""), "");
    EXPECT_EQ(price("100"), "/lines/0/price too-large");
}

TEST(WireLimits, CountCharactersNotBytes) {
    EXPECT_EQ(against("note", R"("")"), "/note too-short");
    EXPECT_EQ(against("note", R"("ü€😀")"), "");
    EXPECT_EQ(against("note", R"("\ud83d\ude00\u0000x")"), "");
    EXPECT_EQ(against("note", R"("abcd")"), "/note too-long");
    EXPECT_EQ(against("note", R"("e\u0301e\u0301")"), "/note too-long");
}

TEST(WireLimits, CountListsAndMaps) {
    constexpr auto broken = R"([{"count":0,"price":1},{"count":1,"price":"x"},{}])";
    EXPECT_EQ(against("lines", "[]"), "/lines too-few");
    EXPECT_EQ(
        against("lines", broken),
        "/lines/0/count too-small, /lines/1/price wrong-format, /lines/2/count missing, "
        "/lines/2/price missing, /lines too-many"
    );
    EXPECT_EQ(against("flags", R"({"a":true})"), "");
    EXPECT_EQ(against("flags", R"({"a":true,"b":true})"), "/flags too-many");
}

TEST(WireLimits, HoldEachElement) {
    EXPECT_EQ(against("tags", R"(["a","abc","ü€😀"])"), "");
    EXPECT_EQ(
        against("tags", R"(["","a",7,"abcd"])"),
        "/tags/0 too-short, /tags/2 wrong-type, /tags/3 too-long, /tags too-many"
    );
}

TEST(WireLimits, HoldTheKeysAndValuesOfAMap) {
    EXPECT_EQ(against("rates", R"({"EUR":1,"USD":"9.99"})"), "");
    EXPECT_EQ(
        against("rates", R"({"EURO":0,"USD":"10","x/":"y"})"),
        "/rates/EURO too-long, /rates/EURO too-small, /rates/USD too-large, /rates/x~1 too-short, "
        "/rates/x~1 wrong-format"
    );
}

TEST(WireLimits, HoldListsWithinLists) {
    EXPECT_EQ(against("grid", "null"), "");
    EXPECT_EQ(against("grid", "[[0,1],[2]]"), "");
    EXPECT_EQ(
        against("grid", "[[],[-1,0,1],3]"),
        "/grid/0 too-few, /grid/1/0 too-small, /grid/1 too-many, /grid/2 wrong-type, "
        "/grid too-many"
    );
}

TEST(WireLimits, HoldTimes) {
    EXPECT_EQ(against("due", R"("2020-01-01")"), "");
    EXPECT_EQ(against("due", R"("2029-12-31")"), "");
    EXPECT_EQ(against("due", R"("2019-12-31")"), "/due too-small");
    EXPECT_EQ(against("due", R"("2030-01-01")"), "/due too-large");
    EXPECT_EQ(against("sent", R"("2020-01-01T01:00:00+01:00")"), "");
    EXPECT_EQ(against("sent", R"("2020-01-01T00:00:00+00:01")"), "/sent too-small");
}

TEST(WireLimits, HoldWhatAnOptionalHas) {
    EXPECT_EQ(against("coupon", "null"), "");
    EXPECT_EQ(against("coupon", R"("ab")"), "");
    EXPECT_EQ(against("coupon", R"("abc")"), "/coupon too-long");
}

TEST(WireLimits, AreSaidToPeople) {
    const auto said = [](std::string_view json) { return first_message<Bill>(json); };
    EXPECT_EQ(said(R"({"note":""})"), "This must have at least 1 character.");
    EXPECT_EQ(said(R"({"note":"aaaa"})"), "This must have at most 3 characters.");
    EXPECT_EQ(said(R"({"note":"a","cents":-6})"), "This must be at least -5.");
    EXPECT_EQ(first_message<Line>(R"({"count":1,"price":"100"})"), "This must be at most 99.99.");
    EXPECT_EQ(said(R"({"note":"a","cents":0,"lines":[]})"), "This must have at least 1 item.");
    constexpr auto due = R"({"note":"a","cents":0,"lines":[{"count":1,"price":1}],"flags":{},)"
                         R"("tags":[],"rates":{},"due":"2019-01-01"})";
    EXPECT_EQ(said(due), "This must be at least 2020-01-01.");
}

TEST(WireLimits, AreToldAllAtOnce) {
    const WiredAggregate<Bills> bills;
    const auto refused = bills.check(
        "bill",
        R"({"note":"","coupon":"x","cents":-9,"lines":[],"flags":{"a":true,"b":true},)"
        R"("tags":[],"rates":{}})"
    );
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->code, "invalid-command");
    std::string all;
    for (const auto& error : refused->errors) all += error.location + ' ';
    EXPECT_EQ(all, "/note /coupon /cents /lines /flags ");
}

TEST(WireLimits, AreNotThoseOfHistory) {
    const WiredAggregate<Bills> bills;
    constexpr auto bill = R"({"note":"abc","cents":0,"lines":[{"count":1,"price":1}],"flags":{},)"
                          R"("tags":[],"rates":{}})";
    const auto decided = bills.decide("bill", bill, nullptr, {});
    ASSERT_TRUE(decided);
    EXPECT_EQ(
        decided->events.front().data, R"({"note":"abcabc","lines":[{"count":0,"price":"-1.00"}]})"
    );
    EXPECT_EQ(bills.state(decided->state), R"({"note":"abcabc"})");
}

}  // namespace domain
