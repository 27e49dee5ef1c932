#pragma once

#include "tests/kit/stored.hpp"

#include <string>
#include <variant>

namespace kit {

/// What a command comes to, by the rules of access: events, or a code of rejection.
template <domain::Decider D>
struct Decided {
    Stored<D> stored;
    std::string code{};

    std::string text() const {
        return code.empty() ? in_lines(stored.json) : "rejected, " + code + '\n';
    }
};

/// Throws what the aggregate throws.
template <domain::Decider D>
Decided<D> decided(
    const typename D::Command& command,
    const typename D::State& state,
    const domain::Asked& asked
) {
    const auto may = [&]<class Each>(const Each&) {
        return D::access.template may<Each>(asked, &state) == domain::Allowed::yes;
    };
    if (!std::visit(may, command)) return {{}, domain::forbidden().code};
    const auto decision = domain::decide<D>(command, state, asked);
    if (!decision) return {{}, decision.error().code};
    Decided<D> decided;
    for (const auto& event : *decision) decided.stored.add(event);
    return decided;
}

}  // namespace kit
