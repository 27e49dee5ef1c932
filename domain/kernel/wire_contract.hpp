#pragma once

#include "domain/kernel/access_check.hpp"
#include "domain/kernel/contract.hpp"
#include "domain/kernel/decider.hpp"
#include "domain/kernel/history.hpp"
#include "domain/kernel/wire_schema.hpp"

#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

namespace domain {

/// Collects what Aggregate::contract() gives.
template <Decider D>
class ContractWriter {
    using Of = SchemaWriter::Of;

  public:
    explicit ContractWriter(std::string_view home)
        : home_(std::string(home) + std::string(D::category) + '.') {}

    Contract write() {
        const auto add_commands = [&]<class... Each>(std::type_identity<std::variant<Each...>>) {
            (add_command<Each>(), ...);
        };
        add_commands(std::type_identity<typename D::Command>{});
        const auto add_events = [&]<class... Each>(std::type_identity<std::variant<Each...>>) {
            (add_event(wire<Each>.name, schema<Each>(Of::event, "event.")), ...);
        };
        add_events(std::type_identity<typename D::Event>{});
        std::apply([&](const auto&... old) { (add_old(old), ...); }, history<D>.entries);
        contract_.state = schema<typename D::State>(Of::state, "state").json();
        return std::move(contract_);
    }

  private:
    template <class Struct>
    SchemaKeywords schema(Of of, const std::string& kind) const {
        return SchemaWriter(of, home_ + kind + std::string(wire<Struct>.name))
            .template write<Struct>();
    }

    template <class Command>
    void add_command() {
        contract_.commands.push_back(
            {std::string(wire<Command>.name),
             schema<Command>(Of::command, "command.").json(),
             access_check::words<D, Command>()}
        );
    }

    void add_event(std::string_view name, const SchemaKeywords& schema) {
        contract_.events.push_back({std::string(name), schema.json()});
    }

    // Who reads a stream sees the events of old as they were stored.
    void add_old(std::string_view name, SchemaKeywords schema) {
        schema.set("deprecated", "true");
        add_event(name, schema);
    }
    void add_old(const Ignored& old) { add_old(old.name, {}); }
    void add_old(const Renamed& old) {
        SchemaKeywords schema;
        schema.set_text("$ref", home_ + "event." + std::string(old.to));
        add_old(old.name, std::move(schema));
    }
    template <class Old, class New>
    void add_old(const Upcast<Old, New>&) {
        add_old(wire<Old>.name, schema<Old>(Of::event, "event."));
    }

    const std::string home_;
    Contract contract_;
};

}  // namespace domain
