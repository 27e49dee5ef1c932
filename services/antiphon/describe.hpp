#pragma once

#include "gateway/contracts/documents.hpp"
#include "services/antiphon/settings.hpp"

#include <string>
#include <vector>

namespace services::antiphon {

/// What the contracts of this installation say of it.
gateway::contracts::Installation installation(const Settings& settings);

/// The forms in which describe() prints.
std::vector<std::string> description_formats();

/// Prints what the aggregates of this build take and say, as `settings.described` wants it.
/// SetupError for a category that there is not.
void describe(const Settings& settings);

}  // namespace services::antiphon
