#pragma once

#include "domain/kernel/decider.hpp"
#include "domain/kernel/decimal.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// An invoice that a clerk draws up and sends, and its customer pays, in parts if need be. Clerks
/// (who have the role `clerk`) see each one, the customer those that were sent.
namespace domain::invoice {

using Money = Decimal<2>;
enum class Currency { eur, usd, gbp, chf };
enum class Status { none, draft, sent, paid, cancelled };

// Commands
struct DraftInvoice {
    std::string customer;  ///< the user's key: see Asked::user_key()
    Currency currency{};
};
struct AddLine {
    std::string description;
    std::int32_t quantity = 0;
    Money unit_price;
};
struct RemoveLine {
    std::string line;  ///< its id
};
struct SendInvoice {
    std::chrono::year_month_day due{};
};
struct PayInvoice {
    Money amount;
    std::optional<std::string> reference{};
};
struct CancelInvoice {
    std::string reason;
};

// Events
struct Drafted {
    std::string customer;
    Currency currency{};
    std::string clerk;
    bool operator==(const Drafted&) const = default;
};
struct LineAdded {
    std::string line;
    std::string description;
    std::int32_t quantity = 0;
    Money unit_price;
    bool operator==(const LineAdded&) const = default;
};
struct LineRemoved {
    std::string line;
    bool operator==(const LineRemoved&) const = default;
};
struct Sent {
    std::chrono::year_month_day due{};
    Money total;
    bool operator==(const Sent&) const = default;
};
struct Paid {
    Money amount;
    Money open;  ///< what is left to pay
    std::string by;
    std::optional<std::string> reference{};
    bool operator==(const Paid&) const = default;
};
struct Cancelled {
    std::string reason;
    bool operator==(const Cancelled&) const = default;
};

struct Line {
    std::string line;
    std::string description;
    std::int32_t quantity = 0;
    Money unit_price;
};

struct Invoice {
    static constexpr std::string_view category = "invoice";
    using Command =
        std::variant<DraftInvoice, AddLine, RemoveLine, SendInvoice, PayInvoice, CancelInvoice>;
    using Event = std::variant<Drafted, LineAdded, LineRemoved, Sent, Paid, Cancelled>;
    struct State {
        Status status = Status::none;
        std::string customer;
        std::string clerk;  ///< who drew it up
        Currency currency{};
        std::vector<Line> lines;
        std::optional<std::chrono::year_month_day> due;
        Money total;
        Money open;
    };

    static bool is_customer(const State& state, const Asked& asked);
    static constexpr auto access = domain::access(
        allow<DraftInvoice, AddLine, RemoveLine, SendInvoice, CancelInvoice>(role("clerk")),
        allow<PayInvoice>(only_if(is_customer) || role("clerk"))
    );
    static bool may_read(const State& state, const Asked& asked);

    /// The customer hears of what was sent and what comes after, its clerk of payments.
    static std::vector<std::string> hears(const Event& event, const State& state);

    static Decision<Event> decide(const Command& command, const State& state, const Asked& asked);
    static State evolve(State state, const Event& event);
};
static_assert(Decider<Invoice>);

}  // namespace domain::invoice
