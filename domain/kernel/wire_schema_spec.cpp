#include "domain/kernel/wire.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace domain {
namespace {

using Json = nlohmann::ordered_json;
using Of = SchemaWriter::Of;
using std::chrono::year;

enum class Mood { calm, cross };
struct Card {
    std::string number;
    bool operator==(const Card&) const = default;
};
struct Split;
using Payment = std::variant<Card, Split>;
struct Split {
    std::vector<Payment> parts;
};
struct Branch {
    std::uint8_t leaves = 0;
    std::map<std::string, Branch> branches;
};
struct Everything {
    std::string text;
    bool flag = false;
    std::int64_t number = 0;
    Decimal<2> price;
    std::optional<Mood> mood;
    std::vector<Mood> moods;
    std::optional<std::map<Mood, std::string>> words;
    std::optional<std::map<std::string, std::vector<std::string>>> lists;
    std::optional<std::chrono::year_month_day> day;
    Uuid id;
};
struct Tree {
    Branch branch;
    Payment payment;
};
struct Grown {
    std::string author;
    Decimal<2> price;
    std::vector<std::string> tags;
};

template <class Message>
Json schema(Of of) {
    return Json::parse(SchemaWriter(of, "#/$defs/x").write<Message>().json());
}

}  // namespace

template <>
inline constexpr auto wire<Mood> =
    enumeration(named("calm", Mood::calm), named("cross", Mood::cross));
template <>
inline constexpr auto wire<Card> = object(field("number", &Card::number));
template <>
inline constexpr auto wire<Split> = object(field("parts", &Split::parts, items(1, 3)));
template <>
inline constexpr auto wire<Payment> =
    tagged("by", alternative<Card>("card"), alternative<Split>("split"));
template <>
inline constexpr auto wire<Branch> =
    object(field("leaves", &Branch::leaves), field("the branches", &Branch::branches));
template <>
inline constexpr auto wire<Everything> = message(
    "everything",
    field("text", &Everything::text, length(1, 20)),
    field("flag", &Everything::flag),
    field("number", &Everything::number, at_least(1)),
    field("price", &Everything::price, at_least(Decimal<2>("0.01")), at_most(99)),
    field("mood", &Everything::mood),
    field("moods", &Everything::moods, items(0, 5)),
    field("words", &Everything::words, items(1, 2), each(length(0, 9))),
    field("lists", &Everything::lists, keys(length(3, 3)), each(items(1, 2), each(length(1, 5)))),
    field("day", &Everything::day, at_least(std::chrono::year_month_day{year(2020) / 1 / 31})),
    field("id", &Everything::id)
);
template <>
inline constexpr auto wire<Tree> =
    message("tree", field("branch", &Tree::branch), field("payment", &Tree::payment));
template <>
inline constexpr auto wire<Grown> = message(
    "grown",
    field("author", &Grown::author, otherwise("un\"known\"")),
    field("price", &Grown::price, otherwise(5)),
    field("tags", &Grown::tags, otherwise())
);

TEST(WireSchema, OfACommandSaysEachFieldWithItsLimits) {
    const Json expected = Json::parse(R"({
        "type": "object",
        "properties": {
            "text": {"type": "string", "minLength": 1, "maxLength": 20},
            "flag": {"type": "boolean"},
            "number": {"type": "integer", "minimum": 1, "maximum": 9223372036854775807},
            "price": {
                "type": "string",
                "format": "decimal",
                "pattern": "^-?(0|[1-9][0-9]{0,16})(\\.[0-9]{1,2}0*)?$",
                "x-decimal-places": 2,
                "minimum": 0.01,
                "maximum": 99
            },
            "mood": {"type": "string", "enum": ["calm", "cross"]},
            "moods": {
                "type": "array",
                "items": {"type": "string", "enum": ["calm", "cross"]},
                "maxItems": 5
            },
            "words": {
                "type": "object",
                "propertyNames": {"type": "string", "enum": ["calm", "cross"]},
                "additionalProperties": {"type": "string", "maxLength": 9},
                "minProperties": 1,
                "maxProperties": 2
            },
            "lists": {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": {"type": "string", "minLength": 1, "maxLength": 5},
                    "minItems": 1,
                    "maxItems": 2
                },
                "propertyNames": {"type": "string", "minLength": 3, "maxLength": 3}
            },
            "day": {
                "type": "string",
                "format": "date",
                "description": "This must be a date, such as \"2026-01-31\".",
                "formatMinimum": "2020-01-31"
            },
            "id": {
                "type": "string",
                "format": "uuid",
                "description":
                    "This must be a UUID, such as \"28737dbe-680a-5b98-b67f-5101cd22b053\"."
            }
        },
        "required": ["text", "flag", "number", "price", "moods", "id"],
        "additionalProperties": false
    })");
    EXPECT_EQ(schema<Everything>(Of::command).dump(1), expected.dump(1));
}

TEST(WireSchema, HoldsNoEventOrStateToLimitsOrToTheFieldsOfThisBuild) {
    for (const Of of : {Of::event, Of::state}) {
        const Json everything = schema<Everything>(of);
        EXPECT_FALSE(everything.contains("additionalProperties"));
        EXPECT_EQ(everything["properties"]["text"], Json::parse(R"({"type": "string"})"));
        EXPECT_EQ(everything["properties"]["number"]["minimum"], INT64_MIN);
        EXPECT_FALSE(everything["properties"]["price"].contains("minimum"));
        EXPECT_FALSE(everything["properties"]["moods"].contains("maxItems"));
    }
}

TEST(WireSchema, OfAnEventSaysWhatOlderOnesLack) {
    const Json event = schema<Grown>(Of::event);
    EXPECT_FALSE(event.contains("required"));
    EXPECT_EQ(event["properties"]["author"]["default"], "un\"known\"");
    EXPECT_EQ(event["properties"]["price"]["default"], "5.00");
    EXPECT_EQ(event["properties"]["tags"]["default"], Json::array());

    const Json state = schema<Grown>(Of::state);
    EXPECT_EQ(state["required"], Json({"author", "price", "tags"}));
    EXPECT_FALSE(state["properties"]["author"].contains("default"));
}

TEST(WireSchema, OfAVariantIsOneOfItsAlternativesByItsTag) {
    const Json payment = schema<Tree>(Of::command)["properties"]["payment"];
    EXPECT_EQ(payment["discriminator"], Json({{"propertyName", "by"}}));
    const Json& card = payment["oneOf"][0];
    EXPECT_EQ(card["properties"]["by"], Json::parse(R"({"type": "string", "const": "card"})"));
    EXPECT_EQ(card["required"], Json({"by", "number"}));
    EXPECT_EQ(card["additionalProperties"], false);
    EXPECT_EQ(payment["oneOf"][1]["properties"]["parts"]["maxItems"], 3);
}

TEST(WireSchema, OfWhatHoldsItselfRefersToWhereItBegan) {
    const Json fields = schema<Tree>(Of::command)["properties"];
    EXPECT_EQ(
        fields["payment"]["oneOf"][1]["properties"]["parts"]["items"],
        Json({{"$ref", "#/$defs/x/properties/payment"}})
    );
    EXPECT_EQ(
        fields["branch"]["properties"]["the branches"]["additionalProperties"],
        Json({{"$ref", "#/$defs/x/properties/branch"}})
    );
    const Json branch = Json::parse(SchemaWriter(Of::state, "#/$defs/x").write<Branch>().json());
    EXPECT_EQ(branch["properties"]["the branches"]["additionalProperties"]["$ref"], "#/$defs/x");
}

}  // namespace domain
