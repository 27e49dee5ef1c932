#pragma once

#include <string>

namespace infra::runtime {

/// The levels of spdlog, from everything to nothing.
inline constexpr const char* log_levels[] = {"trace", "debug", "info", "warning", "error", "off"};

/// Makes spdlog's default logger write to stderr, one line an entry whatever is in it. Once, before
/// any thread.
void start_log(const std::string& level);

}  // namespace infra::runtime
