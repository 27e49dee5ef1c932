#pragma once

#include "bench/load/followers.hpp"
#include "bench/load/load.hpp"

#include <string>

namespace bench {

/// One line for people.
std::string summary(const LoadSettings& settings, const LoadResult& result);
std::string summary(const FollowersSettings& settings, const FollowersResult& result);

/// Everything, with the settings and the machine, for programs.
std::string json_report(const LoadSettings& settings, const LoadResult& result);
std::string json_report(const FollowersSettings& settings, const FollowersResult& result);

}  // namespace bench
