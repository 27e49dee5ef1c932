#include "domain/kernel/history.hpp"
#include "domain/kernel/wire.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace domain {
namespace {

enum class Mood { calm, cross };

struct Take {};
struct Tag {
    std::string name;
    std::int8_t weight = 7;
    bool operator==(const Tag&) const = default;
};
struct NoteTaken {
    std::string text;
    std::string author{};
    std::vector<Tag> tags{};
    std::int8_t stars = 1;
    Mood mood{};
    bool loud = false;
    Decimal<2> price{};
    bool operator==(const NoteTaken&) const = default;
};
struct NoteBurnt {
    bool operator==(const NoteBurnt&) const = default;
};
using NoteEvent = std::variant<NoteTaken, NoteBurnt>;

// Events of old, each as it once was.
struct Noted1 {
    std::string text_by_author;
};
struct Noted2 {
    std::string text;
    std::optional<std::string> author;
};
struct Batch {
    std::vector<std::string> texts;
};
struct Exchanged {
    std::string text;
};

struct Notes {
    static constexpr std::string_view category = "notes";
    using Command = std::variant<Take>;
    using Event = NoteEvent;
    struct State {
        std::vector<NoteTaken> notes;
    };
    static constexpr auto access = domain::access(allow<Take>(anyone()));
    static bool may_read(const State&, const Asked&) { return true; }
    static Decision<Event> decide(const Command&, const State& state) {
        if (state.notes.size() > 1) return Rejection{"full", "That is enough."};
        return std::vector<Event>{NoteTaken{"new"}};
    }
    static State evolve(State state, const Event& event) {
        if (const auto* taken = std::get_if<NoteTaken>(&event)) state.notes.push_back(*taken);
        if (std::holds_alternative<NoteBurnt>(event)) state.notes.pop_back();
        return state;
    }
};

Noted2 split(const Noted1& old) {
    const auto bar = old.text_by_author.find('|');
    if (bar == std::string::npos) throw std::runtime_error("no author in " + old.text_by_author);
    return {old.text_by_author.substr(0, bar), old.text_by_author.substr(bar + 1)};
}

}  // namespace

template <>
inline constexpr auto wire<Mood> =
    enumeration(named("calm", Mood::calm), named("cross", Mood::cross));
template <>
inline constexpr auto wire<Take> = message("take");
template <>
inline constexpr auto wire<Tag> =
    object(field("name", &Tag::name), field("weight", &Tag::weight, otherwise()));
template <>
inline constexpr auto wire<NoteTaken> = message(
    "note-taken",
    field("text", &NoteTaken::text),
    field("author", &NoteTaken::author, length(1, 9), otherwise("unknown")),
    field("tags", &NoteTaken::tags, otherwise()),
    field("stars", &NoteTaken::stars, otherwise(-128)),
    field("mood", &NoteTaken::mood, otherwise(Mood::cross)),
    field("loud", &NoteTaken::loud, otherwise(true)),
    field("price", &NoteTaken::price, otherwise(Decimal<2>("0.50")))
);
template <>
inline constexpr auto wire<NoteBurnt> = message("burnt");
template <>
inline constexpr auto wire<Noted1> =
    message("noted", field("text_by_author", &Noted1::text_by_author));
template <>
inline constexpr auto wire<Noted2> =
    message("noted.2", field("text", &Noted2::text), field("author", &Noted2::author));
template <>
inline constexpr auto wire<Batch> = message("batch", field("texts", &Batch::texts));
template <>
inline constexpr auto wire<Exchanged> = message("exchanged", field("text", &Exchanged::text));
template <>
inline constexpr auto wire<Notes::State> = object(field("notes", &Notes::State::notes));

template <>
inline constexpr auto history<Notes> = of_old(
    renamed("taken", "note-taken"),
    renamed("scribbled", "taken"),
    renamed("scrawled", "noted"),
    renamed("tocked", "ticked"),
    ignored("ticked"),
    upcast(split),
    upcast([](const Noted2& old) {
        return NoteTaken{old.text, old.author.value_or("nobody")};
    }),
    upcast([](const Batch& old) {
        std::vector<Noted2> notes;
        for (const auto& text : old.texts) notes.push_back({text, {}});
        return notes;
    }),
    upcast([](const Exchanged& old) {
        return std::vector<NoteEvent>{NoteBurnt{}, NoteTaken{old.text}};
    })
);

namespace {

const WiredAggregate<Notes> notes;

EventEnvelope event(std::string type, Payload data) {
    EventEnvelope event;
    event.type = std::move(type);
    event.data = std::move(data);
    return event;
}

/// The notes after these events: text by author.
std::vector<std::string> after(const std::vector<EventEnvelope>& events) {
    std::vector<std::string> all;
    const auto state = notes.fold(nullptr, events);
    for (const auto& note : static_cast<const Notes::State*>(state.get())->notes)
        all.push_back(note.text + " by " + note.author);
    return all;
}

using Texts = std::vector<std::string>;

std::string thrown(const EventEnvelope& event) {
    try {
        after({event});
        return "";
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace

TEST(History, FillsInWhatAnEventLacks) {
    EXPECT_EQ(
        notes.state(notes.fold(nullptr, std::vector{event("note-taken", R"({"text":"a"})")})),
        R"({"notes":[{"text":"a","author":"unknown","tags":[],"stars":-128,"mood":"cross",)"
        R"("loud":true,"price":"0.50"}]})"
    );
    const std::string inside = notes.state(notes.fold(
        nullptr,
        std::vector{event("note-taken", R"({"text":"a","author":"b","tags":[{"name":"x"}]})")}
    ));
    EXPECT_NE(inside.find(R"("author":"b","tags":[{"name":"x","weight":0}])"), inside.npos)
        << "of what it has nothing is filled in: " << inside;
    EXPECT_EQ(
        thrown(event("note-taken", R"({"text":"a","author":5})")),
        R"(event note-taken, field "/author": This must be a string.)"
    );
    EXPECT_EQ(
        thrown(event("note-taken", R"({"author":"b"})")),
        R"(event note-taken, field "/text": This field is needed.)"
    );
}

TEST(History, FillsInNothingInACommand) {
    JsonReader reader(JsonReader::Of::command);
    Tag tag;
    reader.read(JsonDocument(R"({"name":"x"})"), tag);
    ASSERT_EQ(reader.errors().size(), 1u);
    EXPECT_EQ(reader.errors().front().location, "/weight");
}

TEST(History, ReadsAnOldNameAsTheNewOne) {
    EXPECT_EQ(after({event("taken", R"({"text":"a"})")}), Texts{"a by unknown"});
    EXPECT_EQ(after({event("scribbled", R"({"text":"a"})")}), Texts{"a by unknown"}) << "and again";
    EXPECT_EQ(after({event("scrawled", R"({"text_by_author":"a|b"})")}), Texts{"a by b"});
    EXPECT_EQ(
        thrown(event("scribbled", "{}")), R"(event scribbled, field "/text": This field is needed.)"
    ) << "an operator looks for it by the name that it has in the store";
}

TEST(History, PassesOverWhatIsIgnored) {
    const std::vector events{
        event("ticked", "no JSON"), event("taken", R"({"text":"a"})"), event("tocked", "{}")};
    EXPECT_EQ(after(events), Texts{"a by unknown"});
}

TEST(History, CastsUpByStages) {
    EXPECT_EQ(after({event("noted.2", R"({"text":"a"})")}), Texts{"a by nobody"});
    EXPECT_EQ(after({event("noted", R"({"text_by_author":"a|b","gone":1})")}), Texts{"a by b"});
    EXPECT_EQ(
        after({event("batch", R"({"texts":["a","b"]})")}), (Texts{"a by nobody", "b by nobody"})
    );
    EXPECT_EQ(after({event("batch", R"({"texts":[]})")}), Texts{});
    EXPECT_EQ(
        after({event("taken", R"({"text":"a"})"), event("exchanged", R"({"text":"b"})")}),
        Texts{"b by "}
    );
}

TEST(History, SaysWhatCannotBeReadOrCastUp) {
    EXPECT_EQ(
        thrown(event("noted", R"({"text_by_author":5})")),
        R"(event noted, field "/text_by_author": This must be a string.)"
    );
    EXPECT_EQ(thrown(event("noted", R"({"text_by_author":"a"})")), "no author in a");
    EXPECT_EQ(thrown(event("burned", "{}")), "unknown event type: burned");
}

TEST(History, IsOneForWhatFoldsAndWhatDecides) {
    const auto one = notes.fold(nullptr, std::vector{event("noted.2", R"({"text":"a"})")});
    const auto decided = notes.decide("take", "{}", one, {});
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->events.front().type, "note-taken") << "what is written has the new name";
    const auto two = notes.fold(nullptr, std::vector{event("batch", R"({"texts":["a","b"]})")});
    EXPECT_EQ(notes.decide("take", "{}", two, {}).error().code, "full");
}

TEST(History, StandsInTheContractAsItWasStored) {
    using Json = nlohmann::json;
    Json events;
    for (const auto& event : notes.contract("#/").events)
        events[event.name] = Json::parse(event.schema);
    EXPECT_FALSE(events["note-taken"].contains("deprecated"));
    EXPECT_EQ(events["note-taken"]["properties"]["mood"]["default"], "cross");
    EXPECT_EQ(events["noted"]["required"], Json({"text_by_author"}));
    EXPECT_EQ(events["noted"]["deprecated"], true);
    EXPECT_EQ(events["scribbled"], Json({{"$ref", "#/notes.event.taken"}, {"deprecated", true}}));
    EXPECT_EQ(events["ticked"], Json({{"deprecated", true}}));
}

}  // namespace domain
