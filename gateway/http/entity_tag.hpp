#pragma once

#include <string>
#include <string_view>

namespace gateway::http {

/// Names the content; stands in quotes in `ETag`.
std::string entity_tag(std::string_view content);

}  // namespace gateway::http
