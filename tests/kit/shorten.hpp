#pragma once

#include "tests/kit/choices.hpp"

#include <functional>
#include <vector>

namespace kit {

/// What was chosen for each step of a run.
using Steps = std::vector<Choices::Taken>;

/// Steps that break as `steps` do, with fewer of them and smaller choices (Zeller, Hildebrandt,
/// "Simplifying and isolating failure-inducing input", IEEE TSE 2002). Asks `breaks` some thousand
/// times at most.
Steps shorten(Steps steps, const std::function<bool(const Steps&)>& breaks);

}  // namespace kit
