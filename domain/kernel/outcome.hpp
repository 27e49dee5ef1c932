#pragma once

#include "domain/kernel/envelope.hpp"
#include "domain/kernel/result.hpp"

#include <string>
#include <string_view>

namespace domain {

/// Category of the streams that hold the outcomes of commands without events of their own:
/// `$command/<id>`, one event each.
inline constexpr std::string_view outcome_category = "$command";

inline constexpr std::string_view outcome_unchanged = "unchanged";  ///< nothing new
inline constexpr std::string_view outcome_rejected = "rejected";    ///< the domain said no
inline constexpr std::string_view outcome_failed = "failed";        ///< dead-lettered

/// The three outcomes as events. `data` names the command: {"category", "entity", "name"}, and for
/// the last two "code", "message" and "errors" (a list of {"location", "code", "message"}).
NewEvent unchanged(const CommandEnvelope& command);
NewEvent rejected(const CommandEnvelope& command, const Rejection& rejection);
NewEvent failed(const CommandEnvelope& command, std::string_view code, std::string_view message);

/// And back: the code in the data of an outcome; empty if there is none.
std::string outcome_code(std::string_view data);

}  // namespace domain
