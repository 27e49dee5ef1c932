#include "domain/kernel/wire.hpp"
#include "tests/kit/golden.hpp"

#include <gtest/gtest.h>

// One aggregate as three builds have it, one after the other.
namespace domain {
namespace {

enum class Size { small, large };

struct Note {};

struct Noted {
    std::string text;
    bool operator==(const Noted&) const = default;
};
struct NotedByAuthor {
    std::string text;
    std::string author;
    bool operator==(const NotedByAuthor&) const = default;
};
struct NotedBySomebody {
    std::string text;
    std::string author;
    Size size{};
    bool operator==(const NotedBySomebody&) const = default;
};

template <class Happened>
struct Notes {
    static constexpr std::string_view category = "notes";
    using Command = std::variant<Note>;
    using Event = std::variant<Happened>;
    struct State {};
    static constexpr auto access = domain::access(allow<Note>(anyone()));
    static bool may_read(const State&, const Asked&) { return true; }
    static Decision<Event> decide(const Command&, const State&) { return std::vector<Event>{}; }
    static State evolve(State, const Event&) { throw std::runtime_error("folded"); }
};

}  // namespace

template <>
inline constexpr auto wire<Note> = message("note");
template <>
inline constexpr auto wire<Size> =
    enumeration(named("small", Size::small), named("large", Size::large));
template <>
inline constexpr auto wire<Noted> = message("noted", field("text", &Noted::text));
template <>
inline constexpr auto wire<NotedByAuthor> =
    message("noted", field("text", &NotedByAuthor::text), field("author", &NotedByAuthor::author));
template <>
inline constexpr auto wire<NotedBySomebody> = message(
    "noted",
    field("text", &NotedBySomebody::text),
    field("author", &NotedBySomebody::author, otherwise("unknown")),
    field("size", &NotedBySomebody::size, otherwise(Size::large))
);
template <>
inline constexpr auto wire<Notes<Noted>::State> = object();
template <>
inline constexpr auto wire<Notes<NotedByAuthor>::State> = object();
template <>
inline constexpr auto wire<Notes<NotedBySomebody>::State> = object();

}  // namespace domain

namespace kit {
namespace {

using namespace domain;

const WiredAggregate<Notes<Noted>> first;
const WiredAggregate<Notes<NotedByAuthor>> careless;
const WiredAggregate<Notes<NotedBySomebody>> careful;

using Faults = std::vector<std::string>;

const std::string of_first = R"([
  {"type":"noted","shape":"{text: string}","data":{"text":"text"}}
]
)";

}  // namespace

TEST(Golden, AsksForAnEventOfEachShape) {
    GoldenEvents golden("");
    EXPECT_EQ(
        golden.faults(first, "notes"),
        Faults{"event noted is new or has another shape now, {text: string}, and no golden event "
               "has it. If that is meant, run: dev/golden notes"}
    );
    golden.add_new(first);
    EXPECT_EQ(golden.faults(first, "notes"), Faults{});
    EXPECT_EQ(golden.text(), of_first);
}

TEST(Golden, AddsNothingTwiceAndComesBackAsItWas) {
    GoldenEvents golden(of_first);
    golden.add_new(first);
    EXPECT_EQ(golden.text(), of_first);
}

TEST(Golden, RefusesAFieldThatOldEventsLack) {
    GoldenEvents golden(of_first);
    EXPECT_EQ(golden.faults(careless, "notes").size(), 2u);
    golden.add_new(careless);
    EXPECT_EQ(
        golden.faults(careless, "notes"),
        Faults{R"(stored events like noted {"text":"text"} can no longer be read: event noted, )"
               R"(field "/author": This field is needed. Give a new field a default, )"
               "otherwise(...), or make it a std::optional; or say in history<...> what such "
               "events mean now: see docs/HISTORY.md"}
    ) << "also when it was written down";
}

TEST(Golden, TakesAFieldWithADefaultAndKeepsWhatWas) {
    GoldenEvents golden(of_first);
    EXPECT_EQ(golden.faults(careful, "notes").size(), 1u) << "the shape alone";
    golden.add_new(careful);
    EXPECT_EQ(golden.faults(careful, "notes"), Faults{});
    const std::string text = golden.text();
    EXPECT_EQ(text.find(of_first.substr(0, of_first.find('\n', 2))), 0u) << text;
    for (std::string size : {"small", "large"}) {
        const std::string data = R"("data":{"text":"text","author":"text","size":")" + size + "\"}";
        EXPECT_NE(text.find(data), text.npos) << text;
    }
}

TEST(Golden, IsWhatAnEnumeratorOnceWas) {
    GoldenEvents golden(R"([{"type":"noted",
        "shape":"{text: string, author: string, size: (small|large|huge)}",
        "data":{"text":"text","author":"text","size":"huge"}}])");
    const auto faults = golden.faults(careful, "notes");
    ASSERT_EQ(faults.size(), 2u);
    EXPECT_NE(faults[1].find(R"(This must be one of "small", "large".)"), std::string::npos);
}

TEST(Golden, IsAListOfEvents) {
    EXPECT_THROW(GoldenEvents("["), std::exception);
    EXPECT_THROW(GoldenEvents(R"([{"type":"noted"}])"), std::exception);
}

}  // namespace kit
