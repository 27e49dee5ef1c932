#pragma once

#include <string>
#include <string_view>

namespace domain {

/// As it stands in a URL (RFC 3986, 2.1): all but letters, digits, "-._~" and `kept` is encoded.
std::string percent_encoded(std::string_view text, std::string_view kept = "");

}  // namespace domain
