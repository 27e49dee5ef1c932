#include "domain/invoice/invoice.hpp"
#include "domain/kernel/wire.hpp"

namespace domain {
using namespace invoice;

template <>
inline constexpr auto wire<Currency> = enumeration(
    named("EUR", Currency::eur),
    named("USD", Currency::usd),
    named("GBP", Currency::gbp),
    named("CHF", Currency::chf)
);
template <>
inline constexpr auto wire<Status> = enumeration(
    named("none", Status::none),
    named("draft", Status::draft),
    named("sent", Status::sent),
    named("paid", Status::paid),
    named("cancelled", Status::cancelled)
);

template <>
inline constexpr auto wire<DraftInvoice> = message(
    "draft",
    field("customer", &DraftInvoice::customer, length(1, 511)),
    field("currency", &DraftInvoice::currency)
);
template <>
inline constexpr auto wire<AddLine> = message(
    "add-line",
    field("description", &AddLine::description, length(1, 200)),
    field("quantity", &AddLine::quantity, at_least(1), at_most(10'000)),
    field("unit_price", &AddLine::unit_price, at_least(0), at_most(1'000'000))
);
template <>
inline constexpr auto wire<RemoveLine> =
    message("remove-line", field("line", &RemoveLine::line, length(36, 36)));
template <>
inline constexpr auto wire<SendInvoice> = message("send", field("due", &SendInvoice::due));
template <>
inline constexpr auto wire<PayInvoice> = message(
    "pay",
    field("amount", &PayInvoice::amount, at_least(Money("0.01"))),
    field("reference", &PayInvoice::reference, length(1, 100))
);
template <>
inline constexpr auto wire<CancelInvoice> =
    message("cancel", field("reason", &CancelInvoice::reason, length(1, 500)));

template <>
inline constexpr auto wire<Drafted> = message(
    "drafted",
    field("customer", &Drafted::customer),
    field("currency", &Drafted::currency),
    field("clerk", &Drafted::clerk)
);
template <>
inline constexpr auto wire<LineAdded> = message(
    "line-added",
    field("line", &LineAdded::line),
    field("description", &LineAdded::description),
    field("quantity", &LineAdded::quantity),
    field("unit_price", &LineAdded::unit_price)
);
template <>
inline constexpr auto wire<LineRemoved> =
    message("line-removed", field("line", &LineRemoved::line));
template <>
inline constexpr auto wire<Sent> =
    message("sent", field("due", &Sent::due), field("total", &Sent::total));
template <>
inline constexpr auto wire<Paid> = message(
    "paid",
    field("amount", &Paid::amount),
    field("open", &Paid::open),
    field("by", &Paid::by),
    field("reference", &Paid::reference)
);
template <>
inline constexpr auto wire<Cancelled> = message("cancelled", field("reason", &Cancelled::reason));

template <>
inline constexpr auto wire<Line> = object(
    field("line", &Line::line),
    field("description", &Line::description),
    field("quantity", &Line::quantity),
    field("unit_price", &Line::unit_price)
);
using InvoiceState = Invoice::State;
template <>
inline constexpr auto wire<InvoiceState> = object(
    field("status", &InvoiceState::status),
    field("customer", &InvoiceState::customer),
    hidden(&InvoiceState::clerk),
    field("currency", &InvoiceState::currency),
    field("lines", &InvoiceState::lines),
    field("due", &InvoiceState::due),
    field("total", &InvoiceState::total),
    field("open", &InvoiceState::open)
);

AggregatePtr invoice_aggregate() { return std::make_unique<WiredAggregate<Invoice>>(); }

}  // namespace domain
