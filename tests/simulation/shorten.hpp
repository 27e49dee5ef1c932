#pragma once

#include "tests/simulation/simulation.hpp"

namespace simulation {

/// A plan that breaks the same promise as `failing` with fewer steps and fewer faults: those that
/// are left are needed, one by one (Zeller, Hildebrandt, "Simplifying and isolating
/// failure-inducing input", IEEE TSE 2002, without its last refinements). Runs it some hundred
/// times.
Plan shorten(const Plan& failing);

}  // namespace simulation
