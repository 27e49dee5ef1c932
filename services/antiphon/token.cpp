#include "services/antiphon/token.hpp"

#include "domain/kernel/error.hpp"
#include "infra/jwt/jwt_token_signer.hpp"
#include "infra/runtime/system_clock.hpp"
#include "services/antiphon/edge.hpp"
#include "services/antiphon/roles.hpp"

#include <algorithm>
#include <iostream>

namespace services::antiphon {

gateway::web::SignedToken sign_token(
    const Settings& settings,
    const std::string& subject,
    const std::vector<std::string>& roles,
    domain::Timestamp now
) {
    if (!settings.development) {
        throw domain::SetupError(
            "tokens are signed only where 'development = true' is set; dev/run sets it in "
            "DATA/antiphon.conf (see --data)"
        );
    }
    const auto& check = settings.token_check;
    if (std::ranges::find(check.algorithms, "HS256") == check.algorithms.end())
        throw domain::SetupError("tokens are signed with HS256 only, see auth.algorithm");
    const std::chrono::seconds ttl(settings.token.ttl_s);
    const auto ttl_max = check.claims.lifetime_max;
    if (ttl_max.count() > 0 && ttl > ttl_max) {
        throw domain::SetupError(
            "no token is taken that is valid for more than " + std::to_string(ttl_max.count()) +
            " s; give a smaller --ttl, or a larger auth.lifetime_max_s"
        );
    }
    const infra::jwt::JwtTokenSigner signer(
        token_keys(settings), check.claims.issuer, check.claims.audience
    );
    return {signer.sign(subject, now, ttl, {check.names.roles, roles}), now + ttl};
}

void run_token(const Settings& settings) {
    const auto now = infra::runtime::SystemClock().now();
    const auto& [subject, ttl_s, roles] = settings.token;
    std::cout << sign_token(settings, subject, roles, now).token << '\n';
}

}  // namespace services::antiphon
