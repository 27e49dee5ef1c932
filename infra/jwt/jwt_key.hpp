#pragma once

#include <string>

namespace infra::jwt {

/// The text of a key file, see KeySet. A line end behind a secret is not part of it. Throws
/// domain::SetupError, one line, when the file cannot be read or is empty.
std::string load_key(const std::string& file);

}  // namespace infra::jwt
