#include "services/antiphon/token.hpp"

#include "domain/kernel/error.hpp"
#include "infra/jwt/jwt_token_signer.hpp"
#include "infra/runtime/system_clock.hpp"
#include "services/antiphon/edge.hpp"
#include "services/antiphon/roles.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace services::antiphon {

gateway::web::SignedToken sign_token(
    const Settings& settings,
    const std::string& subject,
    const std::vector<std::string>& roles,
    std::chrono::seconds ttl,
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

Command::Run prepare_token(CLI::App& flags) {
    struct Asked {
        std::string subject;
        std::int64_t ttl_s = 86'400;
        std::vector<std::string> roles{};
    };
    const auto asked = std::make_shared<Asked>();
    flags.add_option("--subject", asked->subject, "Whose token")->required();
    flags.add_option("--role", asked->roles, "A role of theirs; may be given more than once");
    flags.add_option("--ttl", asked->ttl_s, "How long it is valid, in seconds")
        ->check(CLI::Range(1, 10 * 365 * 86'400))
        ->capture_default_str();
    return [asked](const Settings& settings) {
        const auto now = infra::runtime::SystemClock().now();
        const auto& [subject, ttl_s, roles] = *asked;
        const std::chrono::seconds ttl(ttl_s);
        std::cout << sign_token(settings, subject, roles, ttl, now).token << '\n';
        return 0;
    };
}

}  // namespace services::antiphon
