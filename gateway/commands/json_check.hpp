#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::commands {

/// What is wrong with a text that should be JSON.
struct JsonFault {
    std::string code;    ///< "invalid-json", "invalid-utf8", "too-deep"
    std::string detail;  ///< one sentence that says where
};

/// Nothing when `text` is one JSON value in UTF-8, no deeper than `depth_max`. Needs no stack of
/// that depth and builds nothing.
std::optional<JsonFault> check_json(std::string_view text, std::size_t depth_max);

}  // namespace gateway::commands
