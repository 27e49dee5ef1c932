#pragma once

#include "gateway/web/development_token.hpp"
#include "services/antiphon/settings.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace services::antiphon {

/// Signs a token that our gateways take, for so long. Throws domain::SetupError unless
/// `development` is set.
gateway::web::SignedToken sign_token(
    const Settings& settings,
    const std::string& subject,
    const std::vector<std::string>& roles,
    std::chrono::seconds ttl,
    domain::Timestamp now
);

}  // namespace services::antiphon
