#include "services/antiphon/token.hpp"

#include "domain/kernel/error.hpp"
#include "infra/jwt/jwt_token_signer.hpp"
#include "infra/runtime/system_clock.hpp"
#include "services/antiphon/edge.hpp"
#include "services/antiphon/roles.hpp"

#include <iostream>

namespace services::antiphon {

gateway::web::SignedToken
sign_token(const Settings& settings, const std::string& subject, domain::Timestamp now) {
    if (!settings.development) {
        throw domain::SetupError(
            "tokens are signed only where 'development = true' is set; dev/run sets it in "
            "DATA/antiphon.conf (see --data)"
        );
    }
    if (settings.token_check.algorithm != "HS256") {
        throw domain::SetupError("tokens are signed with HS256 only, see auth.algorithm");
    }
    const infra::jwt::JwtTokenSigner signer(
        token_key(settings), settings.token_check.issuer, settings.token_check.audience
    );
    const std::chrono::seconds ttl(settings.token.ttl_s);
    return {signer.sign(subject, now, ttl), now + ttl};
}

void run_token(const Settings& settings) {
    const auto now = infra::runtime::SystemClock().now();
    std::cout << sign_token(settings, settings.token.subject, now).token << '\n';
}

}  // namespace services::antiphon
