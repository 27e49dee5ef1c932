#pragma once

#include "domain/kernel/archive.hpp"

#include <string>
#include <string_view>

namespace infra::archive {

/// As JSON, for people, too. Its last member is the digest of all before it.
std::string manifest_text(const domain::Manifest& manifest);

/// And back. SetupError if it is damaged, edited, or of a newer format.
domain::Manifest parse_manifest(std::string_view text);

}  // namespace infra::archive
