#pragma once

#include <string>

namespace services::antiphon {

/// A UUID as an operator writes it, in the case that we keep. SetupError if it is none.
std::string command_id(const std::string& text);

/// Text of others for a terminal: without what would control it.
std::string printable(std::string text);

}  // namespace services::antiphon
