#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

/// A UUID (RFC 9562) of any version; at first the nil one. Ordered as its text is.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};
    friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// The canonical text, in lower case: "28737dbe-680a-5b98-b67f-5101cd22b053".
std::string to_string(const Uuid& uuid);

/// That text in any case; nothing if it is none.
std::optional<Uuid> parse_uuid(std::string_view text);

/// The name-based UUID (version 5) of this name within another UUID: the same each time.
std::string named_uuid(std::string_view within, std::string_view name);

}  // namespace domain
