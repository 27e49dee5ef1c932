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
// A field is a string, a bool, an integer of any size, an optional (null and missing are one), a
// vector, or a struct that is described in the same way.

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/decider.hpp"
#include "domain/kernel/wire_json.hpp"

#include <stdexcept>
#include <tuple>
#include <utility>
#include <variant>

namespace domain {

/// Commands are strict: a field that is missing, unknown, of a wrong type or out of range refuses
/// them. Events, which are stored for ever, may have had fields that are no longer known.
template <Decider D>
class WiredAggregate final : public Aggregate {
    using State = typename D::State;
    using Command = typename D::Command;
    using Event = typename D::Event;

  public:
    std::string_view category() const override { return D::category; }

    std::vector<std::string_view> commands() const override { return names<Command>(); }

    std::optional<Rejection> check(std::string_view name, std::string_view data) const override {
        auto command = parse(name, data);
        if (command) return std::nullopt;
        return command.error();
    }

    Folded fold(Folded from, std::span<const EventEnvelope> events) const override {
        State state = open(from);
        for (const auto& event : events)
            state = D::evolve(std::move(state), recall(event.type, event.data));
        return std::make_shared<const State>(std::move(state));
    }

    Result<Decided> decide(std::string_view name, std::string_view data, const Folded& state)
        const override {
        auto command = parse(name, data);
        if (!command) return command.error();
        auto decision = D::decide(*command, open(state));
        if (!decision) return decision.error();
        if (decision->empty()) return Decided{{}, state};

        Decided decided;
        State after = open(state);
        for (const auto& event : *decision) {
            decided.events.push_back(std::visit(written, event));
            after = D::evolve(std::move(after), event);
        }
        decided.state = std::make_shared<const State>(std::move(after));
        return decided;
    }

    Payload state(const Folded& state) const override {
        return JsonWriter::write(open(state)).dump();
    }

  private:
    static const State& open(const Folded& state) {
        static const State before_the_first_event{};
        return state ? *static_cast<const State*>(state.get()) : before_the_first_event;
    }

    static constexpr auto written = []<class Message>(const Message& message) {
        return NewEvent{std::string(wire<Message>.name), JsonWriter::write(message).dump()};
    };

    template <class Variant>
    static std::vector<std::string_view> names() {
        return []<class... Messages>(std::type_identity<std::variant<Messages...>>) {
            return std::vector<std::string_view>{wire<Messages>.name...};
        }(std::type_identity<Variant>{});
    }

    /// The alternative of the variant that has this name, read from `json`; nothing if none has.
    template <class Variant, std::size_t I = 0>
    static std::optional<Variant>
    read_message(std::string_view name, const InputJson& json, JsonReader& reader) {
        if constexpr (I == std::variant_size_v<Variant>) {
            return std::nullopt;
        } else {
            using Message = std::variant_alternative_t<I, Variant>;
            if (name != wire<Message>.name) return read_message<Variant, I + 1>(name, json, reader);
            Message message{};
            reader.read(json, message, "");
            return message;
        }
    }

    static Result<Command> parse(std::string_view name, std::string_view data) {
        JsonReader reader(JsonReader::UnknownFields::refused);
        auto command = read_message<Command>(name, InputJson::parse(data, nullptr, false), reader);
        if (!command) return Rejection{"unknown-command", "There is no such command."};
        if (!reader.errors().empty())
            return Rejection{
                "invalid-command", "The command's body is not as it must be.", reader.errors()};
        return *std::move(command);
    }

    static Event recall(const std::string& type, const Payload& data) {
        JsonReader reader(JsonReader::UnknownFields::ignored);
        auto event = read_message<Event>(type, InputJson::parse(data, nullptr, false), reader);
        if (!event) throw std::runtime_error("unknown event type: " + type);
        if (!reader.errors().empty()) {
            const auto& error = reader.errors().front();
            throw std::runtime_error(
                "event " + type + ", field \"" + error.location + "\": " + error.message
            );
        }
        return *std::move(event);
    }
};

}  // namespace domain
