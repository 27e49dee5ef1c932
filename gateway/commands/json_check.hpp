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

/// Nothing when `text` is one JSON value in UTF-8, no deeper than `depth_max`, that every reader
/// understands alike but for two things, which are for the fields to refuse: how large a number may
/// be, and members of one name.
std::optional<JsonFault> check_json(std::string_view text, std::size_t depth_max);

}  // namespace gateway::commands
