#include "domain/kernel/spec_box.hpp"
#include "domain/kernel/wire.hpp"

#include <gtest/gtest.h>

#include <random>

namespace domain {
namespace {

using namespace std::chrono_literals;

/// An Invoice, in all of its types.
constexpr std::string_view invoice =
    R"({"status":"über","payments":{"EUR":[{"kind":"card","number":"1"},{"kind":"cash"}],)"
    R"("USD":[]},"sums":{"draft":"1.00","über":"-0.05"},"times":{"x":{)"
    R"("28737dbe-680a-5b98-b67f-5101cd22b053":"2026-01-31T12:00:00.000000Z"}},)"
    R"("due":"2026-02-28"})";

enum class Status { draft, sent, paid = 70 };

struct Card {
    std::string number;
};
struct Cash {
    std::optional<std::string> note;
};
struct Split;
using Payment = std::variant<Card, Cash, Split>;
struct Split {
    std::vector<Payment> parts;
};

/// The same struct by two names.
using Contact = std::variant<Card, Card>;

/// A type of one's own: three letters.
class Currency {
  public:
    Currency() = default;
    static std::optional<Currency> of(std::string_view text) {
        Currency currency;
        currency.code_ = text;
        if (text.size() != 3) return std::nullopt;
        return currency;
    }
    static std::string code(const Currency& currency) { return currency.code_; }
    friend auto operator<=>(const Currency&, const Currency&) = default;

  private:
    std::string code_ = "EUR";
};

/// All of them in each other.
struct Invoice {
    Status status = Status::draft;
    std::map<Currency, std::vector<Payment>> payments;
    std::optional<std::map<Status, Decimal<2>>> sums;
    std::map<std::string, std::map<Uuid, Timestamp>> times;
    std::chrono::year_month_day due = 2026y / 1 / 31;
};

struct Advance {
    Status from = Status::draft;
};
struct Advanced {
    Status to = Status::draft;
    std::chrono::year_month_day day = 2026y / 1 / 31;
    bool operator==(const Advanced&) const = default;
};

/// Goes on where there is no name and no such day.
struct Process {
    static constexpr std::string_view category = "process";
    using Command = std::variant<Advance>;
    using Event = std::variant<Advanced>;
    using State = Advanced;
    static constexpr auto access = domain::access(allow<Advance>(anyone()));
    static bool may_read(const State&, const Asked&) { return true; }
    static Decision<Event> decide(const Command& command, const State&) {
        const bool sent = std::get<Advance>(command).from == Status::sent;
        return std::vector<Event>{
            sent ? Advanced{Status::paid} : Advanced{Status::sent, 2026y / 2 / 30}};
    }
    static State evolve(State, const Event& event) { return std::get<Advanced>(event); }
};

/// Fields of which it is not plain how many values of any type make them.
struct Counted {
    Payment payment;
    std::optional<Payment> maybe;
    std::vector<Payment> list;
    std::variant<Card> alone;
    std::variant<std::string, int> either;
    Contact contact;
    std::optional<Decimal<2>> sum;
    std::optional<Currency> currency;
    Currency base;
    std::optional<std::map<Uuid, Split>> map;
    std::optional<std::chrono::year_month_day> day;
    std::optional<Timestamp> time;
    std::optional<bool> yes;
};
static_assert(wire_check::fields_of<Counted>() == 13);

}  // namespace

template <>
inline constexpr auto wire<Status> =
    enumeration(named("draft", Status::draft), named("über", Status::sent));
template <>
inline constexpr auto wire<Card> = object(field("number", &Card::number));
template <>
inline constexpr auto wire<Cash> = object(field("note", &Cash::note));
template <>
inline constexpr auto wire<Split> = object(field("parts", &Split::parts));
template <>
inline constexpr auto wire<Payment> = tagged(
    "kind",
    alternative<Card>("card"),
    alternative<Cash>("cash"),
    alternative<Split>("split")
);
template <>
inline constexpr auto wire<Contact> =
    tagged("by", alternative<Card>("mail"), alternative<Card>("phone"));
template <>
inline constexpr auto wire<Currency> =
    text<Currency>("", Currency::code, Currency::of, "This must be three letters.", "no-currency");
template <>
inline constexpr auto wire<Advance> = message("advance", field("from", &Advance::from));
template <>
inline constexpr auto wire<Advanced> =
    message("advanced", field("to", &Advanced::to), field("day", &Advanced::day));
template <>
inline constexpr auto wire<Invoice> = object(
    field("status", &Invoice::status),
    field("payments", &Invoice::payments),
    field("sums", &Invoice::sums),
    field("times", &Invoice::times),
    field("due", &Invoice::due)
);

TEST(WireEnum, IsItsName) {
    EXPECT_EQ(again<Status>(R"("draft")"), R"("draft")");
    EXPECT_EQ(again<Status>(R"("\u00fcber")"), R"("über")");
    for (auto none : {R"("Draft")", R"("")", R"("paid")", R"("dra\u0000ft")", R"("\"draft\"")"})
        EXPECT_EQ(again<Status>(none), " unknown-value") << none;
    for (auto none : {"0", "null", "[]", "true"}) EXPECT_EQ(again<Status>(none), " wrong-type");
    EXPECT_EQ(
        first_message<Box<Status>>(R"({"value":"late"})"),
        "This must be one of \"draft\", \"über\"."
    );
}

TEST(WireEnum, IsNotWrittenWithoutAName) {
    JsonWriter writer;
    writer.write(Box<std::vector<Status>>{{Status::sent, Status::paid}}, {});
    ASSERT_TRUE(writer.fault());
    EXPECT_EQ(writer.fault()->location, "/value/1");
    EXPECT_EQ(writer.fault()->why, "its enumerator 70 has no name");
    EXPECT_EQ(writer.text(), R"({"value":["über",""]})");
}

TEST(WireMap, IsAnObject) {
    using Map = std::map<std::string, int>;
    EXPECT_EQ(again<Map>("{}"), "{}");
    EXPECT_EQ(again<Map>(R"({"b":1,"a":2,"":3})"), R"({"":3,"a":2,"b":1})");
    EXPECT_EQ(again<Map>(R"({"\u0000":1,"\"/~\n":2})"), R"({"\u0000":1,"\"/~\n":2})");
    EXPECT_EQ(again<Map>(R"({"a/b":"x","ok":1,"c":1.5})"), "/a~1b wrong-type, /c wrong-type");
    for (auto none : {"[]", "null", "1", "\"\""}) EXPECT_EQ(again<Map>(none), " wrong-type");
    EXPECT_EQ(again<Map>("{\"\xff\":1}"), " invalid-json");
}

TEST(WireMap, HasEachKeyOnce) {
    using Map = std::map<std::string, int>;
    constexpr auto twice = R"({"a":1,"b":2,"\u0061":3})";
    EXPECT_EQ(again<Map>(twice), "/a duplicate");
    EXPECT_EQ(again<Map>(twice, JsonReader::Of::history), R"({"a":3,"b":2})");
    constexpr auto one_uuid = R"({"28737DBE-680A-5B98-B67F-5101CD22B053":1,)"
                              R"("28737dbe-680a-5b98-b67f-5101cd22b053":2})";
    EXPECT_EQ(
        (again<std::map<Uuid, int>>(one_uuid)), "/28737dbe-680a-5b98-b67f-5101cd22b053 duplicate"
    );
}

TEST(WireMap, ReadsItsKeysAsTheirTypeIsRead) {
    EXPECT_EQ((again<std::map<Status, bool>>(R"({"über":true})")), R"({"über":true})");
    EXPECT_EQ(
        (again<std::map<Status, bool>>(R"({"late":true,"draft":1})")),
        "/late unknown-value, /draft wrong-type"
    );
    EXPECT_EQ((again<std::map<Uuid, bool>>(R"({"x":true})")), "/x wrong-format");
}

TEST(WireMap, TakesManyEntries) {
    std::string json = "{";
    for (int n = 0; n < 100'000; ++n) json += "\"k" + std::to_string(n) + "\":0,";
    json.back() = '}';
    EXPECT_EQ((again<std::map<std::string, int>>(json).size()), json.size());
    std::string errors = again<std::map<std::string, bool>>(json);
    EXPECT_EQ(std::ranges::count(errors, ','), 50);
}

TEST(WireMap, NamesItselfWhereAKeyIsBroken) {
    JsonWriter writer;
    writer.write(Box<std::map<std::string, std::string>>{{{"cut \xc3", "\xff"}}}, {});
    ASSERT_TRUE(writer.fault());
    EXPECT_EQ(writer.fault()->location, "/value");
    EXPECT_EQ(writer.text(), "{\"value\":{\"cut \xef\xbf\xbd\":\"\xef\xbf\xbd\"}}");
}

TEST(WireVariant, IsItsAlternativeBehindATag) {
    EXPECT_EQ(again<Payment>(R"({"kind":"card","number":"1"})"), R"({"kind":"card","number":"1"})");
    EXPECT_EQ(again<Payment>(R"({"number":"1","kind":"card"})"), R"({"kind":"card","number":"1"})");
    EXPECT_EQ(again<Payment>(R"({"kind":"cash","note":null})"), R"({"kind":"cash"})");
    constexpr auto nested = R"({"kind":"split","parts":[{"kind":"cash","note":"x"},)"
                            R"({"kind":"split","parts":[]}]})";
    EXPECT_EQ(again<Payment>(nested), nested);
}

TEST(WireVariant, SaysWhatIsWrongWithItsTag) {
    EXPECT_EQ(again<Payment>(R"({"number":"1"})"), "/kind missing");
    EXPECT_EQ(again<Payment>("{}"), "/kind missing");
    EXPECT_EQ(again<Payment>(R"({"kind":"cheque","number":"1"})"), "/kind unknown-value");
    for (auto tag : {"1", "null", "{}", "[\"card\"]"})
        EXPECT_EQ(again<Payment>(std::string(R"({"kind":)") + tag + "}"), "/kind wrong-type");
    for (auto none : {"null", "[]", "\"card\""}) EXPECT_EQ(again<Payment>(none), " wrong-type");
    EXPECT_EQ(
        first_message<Box<Payment>>(R"({"value":{"kind":"cheque"}})"),
        R"(This must be one of "card", "cash", "split".)"
    );
}

TEST(WireVariant, HasTheFieldsOfItsAlternativeAndItsTagOnce) {
    EXPECT_EQ(again<Payment>(R"({"kind":"card","note":"1"})"), "/number missing, /note unknown");
    constexpr auto twice = R"({"kind":"cash","note":"x","kind":"card","number":"1"})";
    EXPECT_EQ(again<Payment>(twice), "/note unknown, /kind duplicate");
    EXPECT_EQ(again<Payment>(twice, JsonReader::Of::history), R"({"kind":"card","number":"1"})");
}

TEST(WireVariant, MayHaveOneStructByTwoNames) {
    EXPECT_EQ(again<Contact>(R"({"by":"mail","number":"1"})"), R"({"by":"mail","number":"1"})");
    EXPECT_EQ(again<Contact>(R"({"by":"phone","number":"1"})"), R"({"by":"phone","number":"1"})");
}

TEST(WireVariant, IsNoDeeperThanJson) {
    std::string deep;
    for (int n = 0; n < 100'000; ++n) deep += R"({"kind":"split","parts":[)";
    EXPECT_EQ(again<Payment>(deep), " invalid-json");
}

TEST(WireDecimal, IsAStringAndReadsNumbersAsTheyAreSpelled) {
    using Money = Decimal<2>;
    for (auto text : {"\"12.50\"", "\"12.5\"", "12.5", "12.50", "1.25e1", "12.5000000", "1250E-2"})
        EXPECT_EQ(again<Money>(text), "\"12.50\"") << text;
    for (auto text : {"0.1e1", "1", "1.0", "\"1\"", "100e-2"})
        EXPECT_EQ(again<Money>(text), "\"1.00\"") << text;
    for (auto text : {"-0", "0", "0e999999999999", "\"-0.00\""})
        EXPECT_EQ(again<Money>(text), "\"0.00\"") << text;
    EXPECT_EQ(again<Money>("90071992547409.93"), "\"90071992547409.93\"");
    EXPECT_EQ(again<Money>("-92233720368547758.08"), "\"-92233720368547758.08\"");
}

TEST(WireDecimal, SaysWhyItIsNone) {
    using Money = Decimal<2>;
    for (auto text : {"12.505", "\"12.505\"", "1e-3", "1e-400", "0.001"})
        EXPECT_EQ(again<Money>(text), " too-precise") << text;
    for (auto text : {"1e400", "92233720368547758.08", "\"99999999999999999999\"", "-1e18"})
        EXPECT_EQ(again<Money>(text), " out-of-range") << text;
    for (auto text :
         {"\"\"",
          "\"NaN\"",
          "\"Infinity\"",
          "\"1e2\"",
          "\"+1\"",
          "\"1,50\"",
          "\" 1\"",
          "\"0x1\"",
          "\"1\\u0000\"",
          "\"-\"",
          "\"01\""})
        EXPECT_EQ(again<Money>(text), " wrong-format") << text;
    for (auto text : {"null", "true", "[]", "{}"}) EXPECT_EQ(again<Money>(text), " wrong-type");
    EXPECT_EQ(
        first_message<Box<Money>>(R"({"value":1.555})"), "This must have at most 2 decimals."
    );
}

TEST(WireText, IsReadByItsType) {
    EXPECT_EQ(
        again<Uuid>(R"("28737DBE-680A-5b98-b67f-5101cd22b053")"),
        R"("28737dbe-680a-5b98-b67f-5101cd22b053")"
    );
    EXPECT_EQ(
        again<Timestamp>(R"("2026-01-31T13:00:00+01:00")"), R"("2026-01-31T12:00:00.000000Z")"
    );
    EXPECT_EQ(again<std::chrono::year_month_day>(R"("2024-02-29")"), R"("2024-02-29")");
    EXPECT_EQ(again<Currency>(R"("USD")"), R"("USD")");
    EXPECT_EQ(again<Uuid>(R"("x")"), " wrong-format");
    EXPECT_EQ(again<Timestamp>(R"("2026-01-31")"), " wrong-format");
    EXPECT_EQ(again<std::chrono::year_month_day>(R"("2026-02-29")"), " wrong-format");
    EXPECT_EQ(again<Currency>(R"("EURO")"), " no-currency");
    EXPECT_EQ(again<Currency>("5"), " wrong-type");
    EXPECT_EQ(first_message<Box<Currency>>(R"({"value":""})"), "This must be three letters.");
}

TEST(WireText, IsStrictAboutItsOwnCharacters) {
    JsonWriter writer;
    writer.write(Box<Currency>{*Currency::of("\"\n\xff")}, {});
    EXPECT_EQ(writer.text(), "{\"value\":\"\\\"\\n\xef\xbf\xbd\"}");
    EXPECT_EQ(writer.fault()->location, "/value");
}

TEST(Wire, FailsOnAnEventWithAValueThatHasNoText) {
    const WiredAggregate<Process> process;
    const auto thrown = [&](std::string_view command) -> std::string {
        try {
            EXPECT_TRUE(process.decide("advance", command, nullptr, {}));
            return "";
        } catch (const std::exception& error) {
            return error.what();
        }
    };
    EXPECT_EQ(
        thrown(R"({"from":"über"})"),
        R"(event advanced, field "/to": its enumerator 70 has no name)"
    );
    EXPECT_EQ(
        thrown(R"({"from":"draft"})"),
        R"(event advanced, field "/day": This must be a date, such as "2026-01-31".)"
    );
}

TEST(Wire, TakesAllTypesInEachOther) {
    EXPECT_EQ(struct_again<Invoice>(invoice), invoice);
    EXPECT_EQ(
        struct_again<Invoice>(R"({"status":5,"payments":{"EURO":[],"USD":[{"kind":"card"},{}]},)"
                              R"("sums":{"draft":0.005},"times":{"x":{"y":null}},"more":1})"),
        "/status wrong-type, /payments/EURO no-currency, /payments/USD/0/number missing, "
        "/payments/USD/1/kind missing, /sums/draft too-precise, /times/x/y wrong-format, "
        "/times/x/y wrong-type, /due missing, /more unknown"
    );
}

/// Texts that differ from a sound one in a few places.
TEST(Wire, ReadsBackWhateverItTakes) {
    std::mt19937_64 random(7);
    int taken = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string json(invoice);
        for (std::size_t change = 0; change <= random() % 3; ++change) {
            constexpr std::string_view alphabet = "0123456789.-+eE\"\\{}[],:xdraftUSD\n\xc3\xbc";
            const std::size_t at = random() % json.size();
            if (random() % 4 == 0)
                json.erase(at, random() % 20);
            else if (random() % 4 == 0)
                json.insert(at, json.substr(random() % json.size(), random() % 60));
            else
                json[at] = alphabet[random() % alphabet.size()];
        }
        for (auto of : {JsonReader::Of::command, JsonReader::Of::history}) {
            const std::string once = struct_again<Invoice>(json, of);
            if (!once.starts_with('{')) continue;
            ++taken;
            EXPECT_EQ(struct_again<Invoice>(once), once) << json;
        }
    }
    EXPECT_GT(taken, 100);
}

}  // namespace domain
