#pragma once

#include <string>
#include <string_view>

namespace infra::archive {

/// In lower-case hexadecimal digits.
std::string sha256_of(std::string_view bytes);

}  // namespace infra::archive
