#include "domain/kernel/wire.hpp"
#include "tests/kit/failures.hpp"
#include "tests/kit/given.hpp"

#include <gtest/gtest.h>

namespace domain {
namespace {

struct Put {
    std::int64_t books = 0;
    std::string label;
};
struct Take {
    std::int64_t books = 0;
};
struct BooksPut {
    std::int64_t books = 0;
    std::string label;
    bool operator==(const BooksPut& other) const {
        return books == other.books && label == other.label && label != "never the same";
    }
};
struct BooksTaken {
    std::int64_t books = 0;
    bool operator==(const BooksTaken&) const = default;
};

struct Shelf {
    static constexpr std::string_view category = "shelf";
    using Command = std::variant<Put, Take>;
    using Event = std::variant<BooksPut, BooksTaken>;
    struct State {
        std::int64_t books = 0;
        std::string secret;
        bool operator==(const State&) const = default;
    };
    static constexpr auto access =
        domain::access(allow<Put>(anyone()), allow<Take>(role("reader")));
    static bool may_read(const State&, const Asked& asked) { return asked.user.subject != "eve"; }
    static Decision<Event> decide(const Command& command, const State& state, const Asked& asked) {
        if (const auto* put = std::get_if<Put>(&command)) {
            if (put->label == "throw") throw std::runtime_error("out of shelves");
            if (put->books == 0) return std::vector<Event>{};
            return std::vector<Event>{BooksPut{put->books, put->label}};
        }
        const auto books = std::get<Take>(command).books;
        if (books > state.books) return Rejection{"too-few", "There are not as many books."};
        if (asked.time == Timestamp{}) return std::vector<Event>{BooksTaken{books}};
        return std::vector<Event>{BooksTaken{books - 1}, BooksTaken{1}};
    }
    static std::vector<std::string> hears(const Event& event, const State& state) {
        if (std::holds_alternative<BooksTaken>(event)) return {"librarian", state.secret};
        return {"user-1"};  // who asks
    }
    static State evolve(State state, const Event& event) {
        if (const auto* put = std::get_if<BooksPut>(&event)) {
            state.books += put->books;
            state.secret = put->label;
        } else {
            state.books -= std::get<BooksTaken>(event).books;
        }
        return state;
    }
};

}  // namespace

template <>
inline constexpr auto wire<Put> =
    message("put", field("books", &Put::books), field("label", &Put::label));
template <>
inline constexpr auto wire<Take> = message("take", field("books", &Take::books));
template <>
inline constexpr auto wire<BooksPut> =
    message("books-put", field("books", &BooksPut::books), field("label", &BooksPut::label));
template <>
inline constexpr auto wire<BooksTaken> = message("taken", field("books", &BooksTaken::books));
template <>
inline constexpr auto wire<Shelf::State> =
    object(field("books", &Shelf::State::books), hidden(&Shelf::State::secret));

std::vector<AggregatePtr> all_aggregates() {
    std::vector<AggregatePtr> all;
    all.push_back(std::make_unique<WiredAggregate<Shelf>>());
    return all;
}

namespace {

using Given = kit::Given<Shelf>;
constexpr auto reader = R"({"roles":["reader"]})";
const auto here = [](std::source_location line = std::source_location::current()) { return line; };

std::string line(int number, const std::string& message) {
    return std::to_string(number) + ": Failed\n" + message;
}

}  // namespace

TEST(Given, IsSilentAboutWhatIsAsExpected) {
    const auto spec = [] {
        Given shelf{BooksPut{3, "a"}};
        shelf.when(Put{2, "b"}).then(BooksPut{2, "b"}).then_state({5, "b"}).hears({});
        shelf.when(Put{0, ""}).then_nothing().then_state({3, "a"});
        shelf.when(Take{1}).then_forbidden();
        shelf.by("user-2", reader).when(Take{1}).then(BooksTaken{1}).hears({"a", "librarian"});
        shelf.when(Take{4}).then_rejected("too-few").then_state({3, "a"});
        shelf.at(Timestamp(std::chrono::seconds(1)))
            .when(Take{3})
            .then(BooksTaken{2}, BooksTaken{1});
        shelf.then_state({3, "a"});
    };
    EXPECT_EQ(kit::failures(spec), "");
}

TEST(Given, ShowsOtherEventsAsJsonAtTheLineOfThen) {
    int then = 0;
    const auto spec = [&] {
        then = static_cast<int>(here().line()) + 3;
        Given{BooksPut{3, "a"}, BooksTaken{1}}
            .when(Put{2, "b"})
            .then(BooksPut{2, "c"}, BooksTaken{1});
    };
    const std::string shown = kit::failures(spec);
    EXPECT_EQ(shown, line(then, R"(another outcome
expected  books-put {"books":2,"label":"c"}
          taken {"books":1}
got       books-put {"books":2,"label":"b"}
differs   event 1, books-put /label: expected "c", got "b"
          event 2: expected taken, got nothing
given     books-put {"books":3,"label":"a"}
          taken {"books":1}
when      put {"books":2,"label":"b"}, by user-1
)"));
}

TEST(Given, ShowsWhoElseHears) {
    int hears = 0;
    const auto spec = [&] {
        hears = static_cast<int>(here().line()) + 1;
        Given{BooksPut{3, "a"}}.by("user-2", reader).when(Take{1}).hears({"librarian"});
    };
    const std::string shown = kit::failures(spec);
    EXPECT_EQ(shown, line(hears, R"(others hear of it
expected  librarian
got       a
          librarian
of        taken {"books":1}
given     books-put {"books":3,"label":"a"}
when      take {"books":1}, by user-2
)"));
}

TEST(Given, ShowsARejectionThatIsNoneOrAnother) {
    const auto got = [](const std::string& what) { return "got       " + what + "\n"; };
    const auto of = [&](auto spec) {
        return kit::failures([&] { spec(Given{}.by("ada", reader)); });
    };
    EXPECT_PRED_FORMAT2(testing::IsSubstring, got("rejected, too-few"), of([](auto&& shelf) {
                            shelf.when(Take{1}).then(BooksTaken{1});
                        }));
    EXPECT_PRED_FORMAT2(
        testing::IsSubstring,
        "expected  rejected, forbidden\n" + got("rejected, too-few"),
        of([](auto&& shelf) { shelf.when(Take{1}).then_forbidden(); })
    );
    EXPECT_PRED_FORMAT2(testing::IsSubstring, got("nothing"), of([](auto&& shelf) {
                            shelf.when(Put{}).then_rejected("no");
                        }));
}

TEST(Given, ShowsAnotherState) {
    const Given shelf{BooksPut{3, "a"}};
    EXPECT_EQ(
        kit::failures([&] {
            shelf.then_state({4, "a"});
        }),
        line(here().line(), R"(another state
expected  {"books":4}
got       {"books":3}
differs   /books: expected 4, got 3
given     books-put {"books":3,"label":"a"}
)")
    );
    EXPECT_PRED_FORMAT2(testing::IsSubstring, "differs   in a hidden field\n", kit::failures([&] {
                            shelf.when(Put{1, "b"}).then_state({4, "a"});
                        }));
}

TEST(Given, TellsOfADecisionThatThrows) {
    EXPECT_PRED_FORMAT2(
        testing::IsSubstring,
        "it threw: out of shelves\ngiven     nothing\nwhen      put ",
        kit::failures([] {
            Given{}.when(Put{1, "throw"}).then_nothing();
        })
    );
}

TEST(Given, TellsOfAnEventThatTheStoreWouldChange) {
    const std::string cut = "event books-put, field \"/label\": its text is not UTF-8";
    EXPECT_PRED_FORMAT2(testing::IsSubstring, cut, kit::failures([] {
                            Given{BooksPut{1, "\xc3"}};
                        }));
    EXPECT_PRED_FORMAT2(testing::IsSubstring, cut, kit::failures([] {
                            Given{}.when(Put{1, "\xc3"}).then(BooksPut{1, "a"});
                        }));
    EXPECT_PRED_FORMAT2(
        testing::IsSubstring,
        "an event is another when it comes back from the store\n"
        "its JSON does not hold all of it: books-put {\"books\":1,\"label\":\"never the same\"}",
        kit::failures([] {
            Given{}.when(Put{1, "never the same"}).then(BooksPut{1, "never the same"});
        })
    );
}

TEST(Given, TellsOfAnOutcomeThatNobodyAskedFor) {
    EXPECT_PRED_FORMAT2(
        testing::IsSubstring,
        "nobody asked what this came to: add .then(...)\ngiven     nothing\nwhen      put ",
        kit::failures([] { [[maybe_unused]] const auto& unused = Given{}.when(Put{}); })
    );
}

TEST(Differences, AreTheFirstFew) {
    EXPECT_EQ(kit::differences(R"({"a":1,"b":[1]})", R"({"b":[1],"a":1})"), "");
    EXPECT_EQ(
        kit::differences(R"({"a":{"b":1},"c":[1,2],"d":5})", R"({"a":{"b":2},"c":[1],"e":6})"),
        "/a/b: expected 1, got 2\n"
        "/c/1: expected 2, got nothing\n"
        "/d: expected 5, got nothing\n"
        "/e: expected nothing, got 6\n"
    );
    std::string many = "[0", others = "[1";
    for (int i = 0; i < 100; ++i) many += ",0", others += ",1";
    const std::string shown = kit::differences(many + "]", others + "]");
    EXPECT_EQ(std::ranges::count(shown, '\n'), 11);
    EXPECT_TRUE(shown.ends_with("/9: expected 0, got 1\nand more\n"));
}

}  // namespace domain
