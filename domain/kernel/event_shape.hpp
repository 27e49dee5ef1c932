#pragma once

#include "domain/kernel/envelope.hpp"

#include <string>
#include <vector>

namespace domain {

/// How the events of one type look as JSON.
struct EventShape {
    std::string type;
    std::string shape;  ///< "{owner: string, opened_by: string?}"
    /// Events of this shape, made up: together they have each enumerator and alternative, the least
    /// and the largest numbers, and each optional field once with and once without a value.
    std::vector<Payload> samples;
};

}  // namespace domain
