#pragma once

#include "bench/load/load.hpp"

#include <string>

namespace bench {

/// One line for people.
std::string summary(const LoadSettings& settings, const LoadResult& result);

/// Everything, with the settings and the machine, for programs.
std::string json_report(const LoadSettings& settings, const LoadResult& result);

}  // namespace bench
