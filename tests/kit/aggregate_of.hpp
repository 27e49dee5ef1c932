#pragma once

#include "domain/kernel/typed_aggregate.hpp"

#include <stdexcept>
#include <string>

namespace kit {

/// The aggregate that D is, with its JSON, of those that all_aggregates() lists: in a spec that is
/// its own.
template <domain::Decider D>
const domain::TypedAggregate<D>& aggregate_of() {
    static const auto all = domain::all_aggregates();
    const auto* found = domain::find_aggregate(all, D::category);
    if (auto* typed = dynamic_cast<const domain::TypedAggregate<D>*>(found)) return *typed;
    throw std::logic_error("all_aggregates() of this program lacks " + std::string(D::category));
}

}  // namespace kit
