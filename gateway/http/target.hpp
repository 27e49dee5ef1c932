#pragma once

#include "gateway/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gateway::http {

/// Fills path, segments and query from a request target (RFC 9112, 3.2): in origin form,
/// "/a/b?c=d", or in absolute form, whose authority then stands in place of the header `Host`.
/// Empty, or one sentence that says what is wrong with it: a path that others may read as another
/// one, by its dot segments, backslashes or broken percent-encoding, is nobody's.
std::string_view read_target(std::string_view target, Request& request);

/// Is it a host, with a port or without (RFC 9110, 7.2)?
bool is_authority(std::string_view text);

/// Nothing where a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

}  // namespace gateway::http
