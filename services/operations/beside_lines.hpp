#pragma once

#include "domain/ports/store_export.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace services::operations {

/// The rows of segments of the kind `beside`, as domain/kernel/archive.hpp has those of the logs.
void add_line(std::string& lines, const domain::BesideRow& row);
std::optional<domain::BesideRow> archived_beside(std::string_view line);

}  // namespace services::operations
