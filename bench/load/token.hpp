#pragma once

#include <string>
#include <string_view>

namespace bench {

/// A signed token (JWT, HS256) for one user, as the instance under test accepts it for a day.
std::string mint_token(std::string_view key, std::string_view subject);

}  // namespace bench
