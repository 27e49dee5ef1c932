#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace infra::jwt {

/// What stands in base64url (RFC 4648 5) as JSON Web Signatures have it: no padding, no line ends,
/// no stray bits at the end. So a value has one spelling.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace infra::jwt
