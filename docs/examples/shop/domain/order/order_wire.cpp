#include "domain/kernel/wire.hpp"
#include "domain/order/order.hpp"

namespace domain {
using namespace order;

template <>
inline constexpr auto wire<Status> = enumeration(
    named("none", Status::none),
    named("open", Status::open),
    named("placed", Status::placed),
    named("shipped", Status::shipped),
    named("cancelled", Status::cancelled)
);

template <>
inline constexpr auto wire<AddLine> = message(
    "add-line",
    field("article", &AddLine::article, length(1, 100)),
    field("quantity", &AddLine::quantity, at_least(1), at_most(1'000))
);
template <>
inline constexpr auto wire<Place> = message("place");
template <>
inline constexpr auto wire<Ship> = message("ship", field("parcel", &Ship::parcel, length(1, 100)));
template <>
inline constexpr auto wire<Cancel> = message("cancel");

template <>
inline constexpr auto wire<LineAdded> = message(
    "line-added",
    field("article", &LineAdded::article),
    field("quantity", &LineAdded::quantity),
    field("customer", &LineAdded::customer)
);
template <>
inline constexpr auto wire<Placed> = message("placed", field("pieces", &Placed::pieces));
template <>
inline constexpr auto wire<Shipped> = message("shipped", field("parcel", &Shipped::parcel));
template <>
inline constexpr auto wire<Cancelled> = message("cancelled");

template <>
inline constexpr auto wire<Line> =
    object(field("article", &Line::article), field("quantity", &Line::quantity));
using OrderState = Order::State;
template <>
inline constexpr auto wire<OrderState> = object(
    field("status", &OrderState::status),
    field("customer", &OrderState::customer),
    field("lines", &OrderState::lines),
    field("parcel", &OrderState::parcel)
);

AggregatePtr order_aggregate() { return std::make_unique<WiredAggregate<Order>>(); }

}  // namespace domain
