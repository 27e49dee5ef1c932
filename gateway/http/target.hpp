#pragma once

#include "gateway/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gateway::http {

/// Fills path, segments and query from a request target, in origin form ("/a/b?c=d") or absolute
/// form. False: it is neither, or its percent-encoding is broken.
bool read_target(std::string_view target, Request& request);

/// Nothing where a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

}  // namespace gateway::http
