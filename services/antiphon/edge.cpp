#include "services/antiphon/edge.hpp"

#include "domain/kernel/error.hpp"
#include "infra/jwt/jwt_key.hpp"

namespace services::antiphon {
namespace {

infra::jwt::JwtSettings jwt_settings(const Settings& settings) {
    const auto& check = settings.token_check;
    return {
        .algorithm = infra::jwt::parse_algorithm(check.algorithm),
        .key = token_key(settings),
        .issuer = check.issuer,
        .audience = check.audience,
        .leeway = check.leeway};
}

}  // namespace

Edge::Edge(const Settings& settings, Process& process)
    : watch(settings.postgres, process),
      verifier(jwt_settings(settings)),
      authenticator(verifier, process.clock(), settings.auth),
      connections(settings.postgres),
      readers(
          [this] { return connections.open(); },
          settings.readers.threads,
          settings.readers.waiting_max
      ) {}

std::string token_key(const Settings& settings) {
    const auto& check = settings.token_check;
    if (!check.key.empty()) return check.key;
    if (!check.key_file.empty()) return infra::jwt::load_key(check.key_file);
    throw domain::SetupError("no key to check tokens with: set auth.key_file or ANTIPHON_AUTH_KEY");
}

}  // namespace services::antiphon
