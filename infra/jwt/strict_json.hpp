#pragma once

#include <string_view>

namespace infra::jwt {

/// Is it one JSON object in UTF-8 that everybody reads alike? No member stands twice in an object
/// (RFC 7519 4: readers take the first, the last or none), no NUL, no byte order mark, and it is
/// not deeper than any sensible token or key.
bool is_strict_object(std::string_view text);

}  // namespace infra::jwt
