#pragma once

#include "domain/kernel/json_document.hpp"

#include <string>

namespace services::operations {

/// The JSON of it without blanks: numbers as they were written, members in their order. Recurses as
/// deep as the document is.
std::string json_text(const domain::JsonNode& node);

}  // namespace services::operations
