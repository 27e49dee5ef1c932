#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace domain {

/// RFC 4648, section 4, with padding, as CloudEvents have it in `data_base64`.
void add_base64(std::string& text, std::string_view bytes);

/// Nothing if it is not exactly what add_base64() writes.
std::optional<std::string> parse_base64(std::string_view text);

}  // namespace domain
