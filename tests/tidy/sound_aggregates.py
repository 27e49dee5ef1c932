"""Aggregates that compile, for refused_test.py to make mistakes in."""

SOUND = """
#include "domain/kernel/wire.hpp"

namespace domain::shop {
enum class Colour { red };
struct Item {
    std::string sku;
    std::uint8_t count = 0;
    std::vector<Item> parts;
    bool operator==(const Item&) const = default;
};
struct Other {
    std::string note;
};
struct Order {
    Item item;
    std::optional<std::string> note;
};
struct Cancel {};
struct Ordered {
    std::vector<Item> items;
    std::int64_t cents = 0;
    bool urgent = false;
    bool operator==(const Ordered&) const = default;
};
struct Cancelled {
    bool operator==(const Cancelled&) const = default;
};
struct Shop {
    static constexpr std::string_view category = "shop";
    using Command = std::variant<Order, Cancel>;
    using Event = std::variant<Ordered, Cancelled>;
    struct State {
        bool open = false;
        std::map<std::string, int> index;
    };
    static constexpr auto access = domain::access(allow<Order, Cancel>(anyone()));
    static bool may_read(const State&, const Asked&);
    static Decision<Event> decide(const Command&, const State&);
    static State evolve(State state, const Event&);
};
}
namespace domain {
using namespace shop;
template <> inline constexpr auto wire<Item> = object(field("sku", &Item::sku, length(1, 40)),
    field("count", &Item::count, at_least(1)),
    field("parts", &Item::parts, items(0, 9)));
template <> inline constexpr auto wire<Other> = object(field("note", &Other::note));
template <> inline constexpr auto wire<Order> =
    message("order", field("item", &Order::item), field("note", &Order::note));
template <> inline constexpr auto wire<Cancel> = message("cancel");
template <> inline constexpr auto wire<Ordered> = message("ordered",
    field("items", &Ordered::items),
    field("cents", &Ordered::cents),
    field("urgent", &Ordered::urgent));
template <> inline constexpr auto wire<Cancelled> = message("cancelled");
template <> inline constexpr auto wire<Shop::State> =
    object(field("open", &Shop::State::open), hidden(&Shop::State::index));
AggregatePtr shop_aggregate() { return std::make_unique<WiredAggregate<Shop>>(); }
}
"""

# Of types that have a description of their own; apart, since they take longer to compile.
RICH = """
#include "domain/kernel/wire.hpp"

namespace domain::till {
enum class Colour { red };
enum class Currency { eur, usd };
struct Other {};
struct Card {
    std::string number;
    bool operator==(const Card&) const = default;
};
struct Cash {
    bool operator==(const Cash&) const = default;
};
using Payment = std::variant<Card, Cash>;
struct Sku {
    std::string text;
    bool operator==(const Sku&) const = default;
};
struct Paid {
    Currency currency{};
    Payment payment;
    Sku kind;
    Decimal<2> price;
    bool operator==(const Paid&) const = default;
};
struct Till {
    static constexpr std::string_view category = "till";
    using Command = std::variant<Other>;
    using Event = std::variant<Paid>;
    using State = Other;
    static constexpr auto access = domain::access(allow<Other>(anyone()));
    static bool may_read(const State&, const Asked&);
    static Decision<Event> decide(const Command&, const State&);
    static State evolve(State state, const Event&);
};
}
namespace domain {
using namespace till;
template <> inline constexpr auto wire<Currency> =
    enumeration(named("eur", Currency::eur), named("usd", Currency::usd));
template <> inline constexpr auto wire<Other> = message("other");
template <> inline constexpr auto wire<Card> = object(field("number", &Card::number));
template <> inline constexpr auto wire<Cash> = object();
template <> inline constexpr auto wire<Payment> =
    tagged("by", alternative<Card>("card"), alternative<Cash>("cash"));
template <> inline constexpr auto wire<Sku> = text<Sku>("",
    [](const Sku& sku) { return sku.text; },
    [](std::string_view text) { return std::optional(Sku{std::string(text)}); },
    "This must be a SKU.");
template <> inline constexpr auto wire<Paid> = message("paid",
    field("currency", &Paid::currency),
    field("payment", &Paid::payment),
    field("kind", &Paid::kind),
    field("price", &Paid::price, at_most(Decimal<2>("99.99"))));
AggregatePtr till_aggregate() { return std::make_unique<WiredAggregate<Till>>(); }
}
"""

# Of an aggregate with a history.
AGED = """
#include "domain/kernel/wire.hpp"

namespace domain::log {
struct Write {
    std::string line;
};
struct Written {
    std::string line;
    std::int8_t level = 0;
    bool operator==(const Written&) const = default;
};
struct Line {
    std::string text;
};
struct Page {
    std::vector<std::string> texts;
};
struct Log {
    static constexpr std::string_view category = "log";
    using Command = std::variant<Write>;
    using Event = std::variant<Written>;
    struct State {};
    static constexpr auto access = domain::access(allow<Write>(anyone()));
    static bool may_read(const State&, const Asked&);
    static Decision<Event> decide(const Command&, const State&);
    static State evolve(State state, const Event&);
};
}
namespace domain {
using namespace log;
template <> inline constexpr auto wire<Write> = message("write", field("line", &Write::line));
template <> inline constexpr auto wire<Written> = message("written",
    field("line", &Written::line),
    field("level", &Written::level, otherwise(-1)));
template <> inline constexpr auto wire<Line> = message("line", field("text", &Line::text));
template <> inline constexpr auto wire<Page> = message("page", field("texts", &Page::texts));
template <> inline constexpr auto wire<Log::State> = object();
template <> inline constexpr auto history<Log> = of_old(
    renamed("noted", "written"),
    ignored("ticked"),
    upcast([](const Line& old) { return Written{old.text}; }),
    upcast([](const Page&) { return std::vector<Line>(); }));
AggregatePtr log_aggregate() { return std::make_unique<WiredAggregate<Log>>(); }
}
"""

SOUNDS = (SOUND, RICH, AGED)
