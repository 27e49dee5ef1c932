#pragma once

// Messages by their names.

#include "domain/kernel/json_document.hpp"
#include "domain/kernel/wire_check.hpp"
#include "domain/kernel/wire_reader.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace domain {

template <class Variant>
std::vector<std::string_view> names_of() {
    return []<class... Messages>(std::type_identity<std::variant<Messages...>>) {
        return std::vector<std::string_view>{wire_check::name_of<Messages>()...};
    }(std::type_identity<Variant>{});
}

/// The alternative of the variant that has this name, read from `json`; nothing if none has.
template <class Variant, std::size_t I = 0>
std::optional<Variant>
read_message(std::string_view name, const JsonDocument& json, JsonReader& reader) {
    if constexpr (I == std::variant_size_v<Variant>) {
        return std::nullopt;
    } else {
        using Message = std::variant_alternative_t<I, Variant>;
        if (name != wire_check::name_of<Message>())
            return read_message<Variant, I + 1>(name, json, reader);
        Message message{};
        reader.read(json, message);
        return message;
    }
}

/// For an operator.
inline std::string
unusable_event(std::string_view event, std::string_view field, std::string_view why) {
    return "event " + std::string(event) + ", field \"" + std::string(field) +
           "\": " + std::string(why);
}

}  // namespace domain
