#pragma once

#include <string>
#include <string_view>

namespace services::operations {

/// Text of others for a terminal, in one line: C0, DEL and C1, which it would obey, as in a string
/// of JSON; a line break as a blank.
std::string visible(std::string_view text);

}  // namespace services::operations
