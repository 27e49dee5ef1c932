#pragma once

#include "domain/kernel/access_check.hpp"
#include "domain/kernel/contract.hpp"
#include "domain/kernel/decider.hpp"
#include "domain/kernel/wire_schema.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace domain {

/// See Aggregate::contract().
template <Decider D>
Contract contract_of(std::string_view home) {
    using Of = SchemaWriter::Of;
    const std::string here = std::string(home) + std::string(D::category) + '.';
    Contract contract;

    const auto add_command = [&]<class Message>(std::type_identity<Message>) {
        const std::string name(wire<Message>.name);
        SchemaWriter writer(Of::command, here + "command." + name);
        contract.commands.push_back(
            {name, writer.write<Message>(), access_check::words<D, Message>()}
        );
    };
    [&]<class... Messages>(std::type_identity<std::variant<Messages...>>) {
        (add_command(std::type_identity<Messages>{}), ...);
    }(std::type_identity<typename D::Command>{});

    const auto add_event = [&]<class Message>(std::type_identity<Message>) {
        const std::string name(wire<Message>.name);
        SchemaWriter writer(Of::event, here + "event." + name);
        contract.events.push_back({name, writer.write<Message>()});
    };
    [&]<class... Messages>(std::type_identity<std::variant<Messages...>>) {
        (add_event(std::type_identity<Messages>{}), ...);
    }(std::type_identity<typename D::Event>{});

    contract.state = SchemaWriter(Of::state, here + "state").write<typename D::State>();
    return contract;
}

}  // namespace domain
