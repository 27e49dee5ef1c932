#include "domain/kernel/spec_box.hpp"
#include "domain/kernel/wire.hpp"

#include <gtest/gtest.h>

#include <unordered_map>

namespace domain {
namespace {

using namespace std::chrono_literals;

enum class Grade { low, high };

struct Card {
    std::string number;
    std::optional<Decimal<2>> limit;
};
struct Cash {};
using Payment = std::variant<Card, Cash>;

struct Part {
    std::vector<Part> parts;
    std::uint64_t count = 0;
    std::int8_t secret = 0;
};

struct Note {};
struct Noted {
    bool operator==(const Noted&) const = default;
};

/// All that a field may be, shown and hidden.
struct Whole {
    std::string text;
    std::optional<std::string> maybe;
    Part part;
    std::map<Uuid, std::vector<Payment>> payments;
    std::map<Grade, Decimal<3>> grades;
    Timestamp time{};
    std::optional<std::chrono::year_month_day> day;
    bool yes = false;
};

/// An aggregate of the rest, so that it can be seen what its form is made of.
template <class S, int revision>
struct Notes {
    static constexpr std::string_view category = "notes";
    using Command = std::variant<Note>;
    using Event = std::variant<Noted>;
    using State = S;
    static constexpr int state_revision = revision;
    static constexpr auto access = domain::access(allow<Note>(anyone()));
    static bool may_read(const State&, const Asked&) { return true; }
    static Decision<Event> decide(const Command&, const State&) { return std::vector<Event>{}; }
    static State evolve(State state, const Event&) { return state; }
};

struct Shown {
    std::int64_t cents = 0;
};
struct Indexed {
    std::int64_t cents = 0;
    std::unordered_map<std::string, int> index;
};
struct Secretive {
    std::int64_t cents = 0;
};
struct Dated {
    std::chrono::year_month_day day{};  // not a day yet
};

template <class S, int revision = 1>
std::string form_of() {
    return WiredAggregate<Notes<S, revision>>{}.state_form();
}

}  // namespace

template <>
inline constexpr auto wire<Grade> =
    enumeration(named("low", Grade::low), named("high", Grade::high));
template <>
inline constexpr auto wire<Card> =
    object(field("number", &Card::number), field("limit", &Card::limit));
template <>
inline constexpr auto wire<Cash> = object();
template <>
inline constexpr auto wire<Payment> =
    tagged("kind", alternative<Card>("card"), alternative<Cash>("cash"));
template <>
inline constexpr auto wire<Part> =
    object(field("parts", &Part::parts), hidden(&Part::count), hidden(&Part::secret));
template <>
inline constexpr auto wire<Note> = message("note");
template <>
inline constexpr auto wire<Noted> = message("noted");
template <>
inline constexpr auto wire<Whole> = object(
    field("text", &Whole::text),
    hidden(&Whole::maybe),
    hidden(&Whole::part),
    hidden(&Whole::payments),
    field("grades", &Whole::grades),
    hidden(&Whole::time),
    hidden(&Whole::day),
    hidden(&Whole::yes)
);
template <>
inline constexpr auto wire<Shown> = object(field("cents", &Shown::cents));
template <>
inline constexpr auto wire<Indexed> =
    object(field("cents", &Indexed::cents), hidden(&Indexed::index));
template <>
inline constexpr auto wire<Secretive> = object(hidden(&Secretive::cents));
template <>
inline constexpr auto wire<Dated> = object(field("day", &Dated::day));

namespace {

constexpr auto least = std::numeric_limits<std::int64_t>::min();

Whole some_state() {
    Whole state;
    state.text = "\"ü\"\n\x01";
    state.part = {{{{}, ~std::uint64_t{}, -128}, {}}, 1, 2};
    const auto id = *wire<Uuid>.from_text("28737dbe-680a-5b98-b67f-5101cd22b053");
    state.payments[id] = {Card{"1", Decimal<2>::of_units(least)}, Card{}, Cash{}};
    state.grades[Grade::high] = Decimal<3>::of_units(-5);
    state.time = Timestamp(1'234'567us);
    state.day = 2024y / 2 / 29;
    state.yes = true;
    return state;
}

TEST(Snapshots, HoldAllOfAStateAndGiveItBackAsItWas) {
    const Payload json = write_state(some_state());
    const auto back = restore_state<Whole>(json);
    EXPECT_EQ(write_state(back), json);
    EXPECT_EQ(back.text, "\"ü\"\n\x01");
    EXPECT_EQ(back.maybe, std::nullopt);
    EXPECT_EQ(back.part.parts.at(0).count, ~std::uint64_t{});
    EXPECT_EQ(back.part.parts.at(0).secret, -128);
    EXPECT_EQ(back.part.count, 1U);
    const auto& payments = back.payments.begin()->second;
    EXPECT_EQ(std::get<Card>(payments.at(0)).limit, Decimal<2>::of_units(least));
    EXPECT_EQ(std::get<Card>(payments.at(1)).limit, std::nullopt);
    EXPECT_TRUE(std::holds_alternative<Cash>(payments.at(2)));
    EXPECT_EQ(back.grades.at(Grade::high), Decimal<3>::of_units(-5));
    EXPECT_EQ(back.time, Timestamp(1'234'567us));
    EXPECT_EQ(back.day, 2024y / 2 / 29);
    EXPECT_TRUE(back.yes);
}

TEST(Snapshots, ShowNothingOfItToOthers) {
    JsonWriter writer;
    writer.write(some_state(), {});
    EXPECT_EQ(writer.text(), R"({"text":"\"ü\"\n\u0001","grades":{"high":"-0.005"}})");
}

TEST(Snapshots, AreNotMadeOfWhatWouldNotComeBack) {
    Whole broken = some_state();
    broken.text = "\xff";
    EXPECT_THROW(write_state(broken), std::runtime_error);
    EXPECT_THROW(write_state(Dated{}), std::runtime_error);
    EXPECT_NO_THROW(write_state(Dated{2026y / 1 / 31}));
}

TEST(Snapshots, ThatAreNoneOfThatStateAreRefused) {
    for (const auto* json : {"", "{", "[]", "{}", R"({"cents":"1"})", R"({"cents":1e30})"})
        EXPECT_THROW(restore_state<Shown>(json), std::runtime_error) << json;
    EXPECT_EQ(restore_state<Shown>(R"({"cents":7})").cents, 7);
}

TEST(Snapshots, HaveAFormThatChangesWithTheStateAndByHand) {
    const auto form = form_of<Shown>();
    EXPECT_TRUE(form.starts_with("1-")) << form;
    EXPECT_EQ(form_of<Shown>(), form);
    EXPECT_NE((form_of<Shown, 2>()), form);
    EXPECT_NE(form_of<Secretive>(), form);
    EXPECT_FALSE(form_of<Whole>().empty());
}

TEST(Snapshots, AreNotMadeOfAStateThatJsonCannotHold) { EXPECT_EQ(form_of<Indexed>(), ""); }

}  // namespace
}  // namespace domain
