#include "domain/kernel/wire.hpp"
#include "domain/kernel/wire_shape.hpp"

#include <gtest/gtest.h>

namespace domain {
namespace {

enum class Mood { calm, cross, sad };

struct Card {
    std::string number;
    bool operator==(const Card&) const = default;
};
struct Cash {
    bool operator==(const Cash&) const = default;
};
using Payment = std::variant<Card, Cash>;
struct Branch {
    std::uint8_t leaves = 0;
    std::vector<Branch> branches;
    bool operator==(const Branch&) const = default;
};
struct Everything {
    std::string text;
    bool flag = false;
    std::int64_t number = 0;
    Decimal<2> price;
    std::optional<Mood> mood;
    std::map<std::string, std::vector<Mood>> moods;
    Payment payment;
    Branch branch;
    Uuid id;
    std::chrono::year_month_day day;
    bool operator==(const Everything&) const = default;
};
struct Nothing {
    bool operator==(const Nothing&) const = default;
};

}  // namespace

template <>
inline constexpr auto wire<Mood> =
    enumeration(named("calm", Mood::calm), named("cross", Mood::cross), named("sad", Mood::sad));
template <>
inline constexpr auto wire<Card> = object(field("number", &Card::number));
template <>
inline constexpr auto wire<Cash> = object();
template <>
inline constexpr auto wire<Payment> =
    tagged("by", alternative<Card>("card"), alternative<Cash>("cash"));
template <>
inline constexpr auto wire<Branch> =
    object(field("leaves", &Branch::leaves), field("branches", &Branch::branches));
template <>
inline constexpr auto wire<Everything> = message(
    "everything",
    field("text", &Everything::text, length(1, 2), otherwise("x")),
    field("flag", &Everything::flag),
    field("number", &Everything::number),
    field("price", &Everything::price),
    field("mood", &Everything::mood),
    field("moods", &Everything::moods),
    field("payment", &Everything::payment),
    field("branch", &Everything::branch),
    field("id", &Everything::id),
    field("day", &Everything::day)
);
template <>
inline constexpr auto wire<Nothing> = message("nothing");

TEST(WireShape, IsWhatStandsInJson) {
    const EventShape event = shape_of<Everything>();
    EXPECT_EQ(event.type, "everything");
    EXPECT_EQ(
        event.shape,
        "{text: string, flag: bool, number: int64, price: decimal(2), mood: (calm|cross|sad)?, "
        "moods: {string: [(calm|cross|sad)]}, payment: by(card{number: string} | cash{}), "
        "branch: {leaves: uint8, branches: [^]}, id: uuid, day: date}"
    );
}

TEST(WireShape, HasSamplesOfAllThatItMayBe) {
    const auto samples = shape_of<Everything>().samples;
    ASSERT_EQ(samples.size(), 4u) << "as many as its most various field has: three moods, and none";
    EXPECT_EQ(
        samples[0],
        R"({"text":"text","flag":true,"number":9223372036854775807,"price":"92233720368547758.07",)"
        R"("mood":"calm","moods":{"text":["calm","cross","sad"]},)"
        R"("payment":{"by":"card","number":"text"},)"
        R"("branch":{"leaves":255,"branches":[{"leaves":0,"branches":[]}]},)"
        R"("id":"00000000-0000-0000-0000-000000000000","day":"2026-01-31"})"
    );
    EXPECT_EQ(
        samples[3],
        R"({"text":"text","flag":true,"number":-9223372036854775808,)"
        R"("price":"-92233720368547758.08","moods":{"text":["calm","cross","sad"]},)"
        R"("payment":{"by":"cash"},"branch":{"leaves":0,"branches":[{"leaves":0,"branches":[]}]},)"
        R"("id":"00000000-0000-0000-0000-000000000000","day":"2026-01-31"})"
    );
}

TEST(WireShape, HasSamplesThatAreReadBack) {
    for (const auto& sample : shape_of<Everything>().samples) {
        JsonReader reader(JsonReader::Of::history);
        Everything everything;
        reader.read(JsonDocument(sample), everything);
        EXPECT_TRUE(reader.errors().empty()) << reader.errors().front().location;
        JsonWriter writer;
        writer.write(everything, {});
        EXPECT_EQ(writer.text(), sample);
    }
}

TEST(WireShape, MayBeNothing) {
    EXPECT_EQ(shape_of<Nothing>().shape, "{}");
    EXPECT_EQ(shape_of<Nothing>().samples, std::vector<Payload>{"{}"});
}

}  // namespace domain
