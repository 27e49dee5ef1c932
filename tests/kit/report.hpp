#pragma once

#include "domain/kernel/envelope.hpp"

#include <source_location>
#include <string>
#include <string_view>
#include <vector>

/// What a spec says of an aggregate that is not as expected: JSON, for people.
namespace kit {

using domain::NewEvent;

/// A failure of the test that runs, at that line.
void fail(const std::source_location& line, const std::string& message);

/// Each event on a line, with its JSON; "nothing" for none.
std::string in_lines(const std::vector<NewEvent>& events);

/// A part of a message: the title, and the lines beside it.
std::string part(std::string title, std::string_view lines, std::size_t column = 10);

/// Where two JSON texts differ, a line for each of the first few places:
/// `/cents: expected 100, got 101`. Empty if they mean the same.
std::string differences(std::string_view expected, std::string_view got);

/// The same for events, each line with the event's number and type.
std::string differences(const std::vector<NewEvent>& expected, const std::vector<NewEvent>& got);

}  // namespace kit
