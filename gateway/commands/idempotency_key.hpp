#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateway::commands {

/// The key in the header `Idempotency-Key`: a quoted string (RFC 8941, 3.3.3), as the draft of
/// the header has it, or bare visible ASCII, as most clients send it. Both are the same key.
/// Parameters behind the quotes are passed over (RFC 8941, 3.1.2), as none has a meaning. Nothing
/// where it is neither, or not of 1 to 255 characters.
std::optional<std::string> read_key(std::string_view value);

}  // namespace gateway::commands
