#pragma once

// How an aggregate's messages look as JSON. Only <aggregate>_wire.cpp includes this: it holds one
// line for each message, and the function that the build looks for.
//
//     namespace domain {
//     using namespace account;
//
//     template <>
//     inline constexpr auto wire<DepositMoney> =
//         message("deposit", field("cents", &DepositMoney::cents));
//     template <>
//     inline constexpr auto wire<Account::State> = object(field("owner", &Account::State::owner));
//
//     AggregatePtr account_aggregate() { return std::make_unique<WiredAggregate<Account>>(); }
//     }
//
// A field is one of these, in each other as you like:
//
//     std::string, bool; an integer of any size (browsers round beyond 2^53)
//     Decimal<2> (a string in JSON), Timestamp, Uuid, std::chrono::year_month_day
//     std::optional (null and missing are one), std::vector
//     std::map, by keys that are text in JSON
//     an enum:               wire<Status> = enumeration(named("draft", Status::draft), ...)
//     a plain struct:        wire<Line> = object(field("sku", &Line::sku), ...)
//     a variant of such:     wire<Payment> = tagged("kind", alternative<Card>("card"), ...)
//     a type of your own:    wire<Sku> = text<Sku>("", to_text, sku_of, "This must be a SKU.")
//
// Every field is described, so that what is read back is what was written; a state may have
// hidden(&State::index), which is not shown, only kept in snapshots: see wire_snapshot.hpp. What a
// command's field may be at most stands behind it: see wire_limits.hpp; and what it is in an event
// that is older than it: see wire_default.hpp. How other events of old are read, history<Account>
// says: see history.hpp. What cannot be is refused by the compiler: see wire_check.hpp.

#include "domain/kernel/access_check.hpp"
#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/audience.hpp"
#include "domain/kernel/decider.hpp"
#include "domain/kernel/recall.hpp"
#include "domain/kernel/reservation.hpp"
#include "domain/kernel/typed_aggregate.hpp"
#include "domain/kernel/wire_check.hpp"
#include "domain/kernel/wire_contract.hpp"
#include "domain/kernel/wire_default.hpp"
#include "domain/kernel/wire_message.hpp"
#include "domain/kernel/wire_reader.hpp"
#include "domain/kernel/wire_shape.hpp"
#include "domain/kernel/wire_snapshot.hpp"
#include "domain/kernel/wire_types.hpp"
#include "domain/kernel/wire_writer.hpp"

#include <stdexcept>
#include <tuple>
#include <utility>
#include <variant>

namespace domain {

/// Commands are strict: a field that is missing, unknown, twice there, of a wrong type or beyond
/// its limits refuses them. Events, which are stored for ever, may have had fields that are no
/// longer known, and other limits.
template <Decider D>
class WiredAggregate final : public TypedAggregate<D> {
    using State = typename D::State;
    using Command = typename D::Command;
    using Event = typename D::Event;

    static_assert(
        is_category(D::category),
        "the category of an aggregate is 1 to 100 letters, digits, \"_\" and \"-\", the first a "
        "letter or a digit, and not \"command\", since it ends the names of topics"
    );
    static_assert(
        wire_check::Messages<wire_check::Use::command, Command>::check(),
        "two commands of this aggregate have one name, or one command stands twice in its variant"
    );
    static_assert(
        wire_check::Messages<wire_check::Use::event, Event>::check(),
        "two events of this aggregate have one name, or one event stands twice in its variant"
    );
    static_assert(wire_check::check_state<State>());
    static_assert(history_check::check<D>());
    static_assert(access_check::check<D>());
    static_assert(
        Reserves<D> || !NamesReserves<D>,
        "what this aggregate reserves is not told by static domain::Reservations reserves(const "
        "State&)"
    );

  public:
    std::string_view category() const override { return D::category; }

    std::vector<std::string_view> commands() const override { return names_of<Command>(); }

    std::optional<Rejection> check(std::string_view name, std::string_view data) const override {
        auto command = parse(name, data);
        if (command) return std::nullopt;
        return command.error();
    }

    Contract contract(std::string_view home) const override {
        return ContractWriter<D>(home).write();
    }

    std::vector<EventShape> events() const override {
        return []<class... Events>(std::type_identity<std::variant<Events...>>) {
            return std::vector<EventShape>{shape_of<Events>()...};
        }(std::type_identity<Event>{});
    }

    void read(std::string_view type, std::string_view data) const override {
        recall<D>(type, data, [](const Event&) {});
    }

    Folded fold(Folded from, std::span<const EventEnvelope> events) const override {
        State state = open(from);
        const auto take = [&](const Event& event) { state = D::evolve(std::move(state), event); };
        for (const auto& event : events) recall<D>(event.type, event.data, take);
        return std::make_shared<const State>(std::move(state));
    }

    Allowed may(std::string_view name, const Asked& asked) const override {
        return may<>(name, nullptr, asked);
    }

    bool may(std::string_view name, const Folded& state, const Asked& asked) const override {
        return may<>(name, &open(state), asked) == Allowed::yes;
    }

    bool may_read(const Folded& state, const Asked& asked) const override {
        return access_check::may_read<D>(open(state), asked);
    }

    Reservations reserves(const Folded& state) const override { return reserves(open(state)); }

    Result<Decided> decide(
        std::string_view name,
        std::string_view data,
        const Folded& state,
        const Asked& asked
    ) const override {
        auto command = parse(name, data);
        if (!command) return command.error();
        auto decision = domain::decide<D>(*command, open(state), asked);
        if (!decision) return decision.error();
        if (decision->empty()) return Decided{{}, state};

        // The state is folded of what is stored, not of what was meant, so that it is the same when
        // it is folded again; what cannot be read back is never stored.
        Decided decided;
        State after = open(state);
        Reservations held = reserves(after);
        for (const auto& event : *decision) {
            NewEvent& stored = decided.events.emplace_back(std::visit(written, event));
            recall<D>(stored.type, stored.data, [&](const Event& recalled) {
                after = D::evolve(std::move(after), recalled);
                if constexpr (NamesHearers<D>)
                    stored.hears = audience(D::hears(recalled, after), asked);
            });
            Reservations now = reserves(after);
            auto changes = key_changes(held, now);
            if (!changes) return changes.error();
            stored.keys = std::move(changes).value();
            held = std::move(now);
        }
        decided.state = std::make_shared<const State>(std::move(after));
        return decided;
    }

    Payload state(const Folded& state) const override {
        JsonWriter writer;
        writer.write(open(state), {});
        return std::move(writer).text();
    }

    std::string state_form() const override { return domain::state_form<D>(); }
    Payload snapshot(const Folded& state) const override { return write_state(open(state)); }
    Folded restore(std::string_view snapshot) const override {
        return std::make_shared<const State>(restore_state<State>(snapshot));
    }

    NewEvent encode(const Event& event) const override { return std::visit(written, event); }

    Event decode(const NewEvent& stored) const override {
        std::optional<Event> event;  // none of old: it is one
        recall<D>(stored.type, stored.data, [&](const Event& recalled) { event = recalled; });
        return event.value();
    }

    EncodedCommand encode_command(const Command& command) const override {
        constexpr auto sent = []<class Message>(const Message& message) {
            JsonWriter writer;
            writer.write(message, {});
            return EncodedCommand{
                std::string(wire_check::name_of<Message>()), std::move(writer).text()};
        };
        return std::visit(sent, command);
    }

  private:
    static const State& open(const Folded& state) {
        static const State before_the_first_event{};
        return state ? *static_cast<const State*>(state.get()) : before_the_first_event;
    }

    static Reservations reserves(const State& state) {
        if constexpr (Reserves<D>) return D::reserves(state);
        return {};
    }

    /// What there is not, decide() refuses.
    template <std::size_t I = 0>
    static Allowed may(std::string_view name, const State* state, const Asked& asked) {
        if constexpr (I == std::variant_size_v<Command>) {
            return Allowed::yes;
        } else {
            using Each = std::variant_alternative_t<I, Command>;
            if (name != wire_check::name_of<Each>()) return may<I + 1>(name, state, asked);
            return access_check::may<D, Each>(state, asked);
        }
    }

    static constexpr auto written = []<class Message>(const Message& message) {
        NewEvent event{std::string(wire_check::name_of<Message>()), {}};
        JsonWriter writer;
        writer.write(message, {});
        if (const auto& fault = writer.fault())
            throw std::runtime_error(unusable_event(event.type, fault->location, fault->why));
        event.data = std::move(writer).text();
        return event;
    };

    static Result<Command> parse(std::string_view name, std::string_view data) {
        JsonReader reader(JsonReader::Of::command);
        auto command = read_message<Command>(name, JsonDocument(data), reader);
        if (!command) return Rejection{"unknown-command", "There is no such command."};
        if (!reader.errors().empty())
            return Rejection{
                "invalid-command", "The command's body is not as it must be.", reader.errors()};
        return *std::move(command);
    }
};

}  // namespace domain
