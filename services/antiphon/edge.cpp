#include "services/antiphon/edge.hpp"

#include "domain/kernel/error.hpp"
#include "infra/jwt/jwt_key.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <functional>
#include <thread>

namespace services::antiphon {

using namespace std::chrono_literals;

namespace {

/// How soon a key ends that is taken out of auth.key_file. It is small, and nothing else is done by
/// its thread.
constexpr auto keys_read_every = 500ms;

infra::jwt::JwtSettings jwt_settings(const Settings& settings) {
    const auto& check = settings.token_check;
    infra::jwt::JwtSettings jwt{
        .algorithms = infra::jwt::parse_algorithms(check.algorithms),
        .keys = token_keys(settings),
        .claims = check.claims};
    for (const std::string& name : {check.names.roles, check.names.scope})
        if (!name.empty()) jwt.claims.kept.push_back(name);
    return jwt;
}

gateway::auth::AuthSettings auth_settings(const Settings& settings) {
    auto auth = settings.auth;
    auth.cookie_origins = settings.http.cors_origins;
    return auth;
}

/// Are the keys in a file that may change? One that is read once, such as a pipe, may not.
bool has_key_file(const Settings& settings) {
    const auto& check = settings.token_check;
    return check.key.empty() && std::filesystem::is_regular_file(check.key_file);
}

/// At once, where somebody shows a token whose key is not known. Why a file is bad is told by who
/// reads it every so often.
std::function<void()> renewal_of(KeyFile& keys) {
    return [&keys] {
        try {
            keys.read();
        } catch (const domain::WorldError&) {
        }
    };
}

void warn_of_strangers(const Settings& settings) {
    if (settings.development) return;
    const auto& claims = settings.token_check.claims;
    if (claims.issuer.empty()) {
        spdlog::warn(
            "auth.issuer is empty, so that tokens of any issuer count: set it to the iss of yours"
        );
    }
    if (claims.audience.empty()) {
        spdlog::warn(
            "auth.audience is empty, so that tokens for other services count: set it to the aud "
            "that is this service's"
        );
    }
}

}  // namespace

Edge::Edge(const Settings& settings, Process& process)
    : watch(settings, process),
      verifier(jwt_settings(settings)),
      keys(verifier, settings.token_check.key_file),
      authenticator(
          verifier,
          process.clock(),
          auth_settings(settings),
          has_key_file(settings) ? renewal_of(keys) : nullptr
      ),
      connections(settings.postgres),
      read_rate(process.clock(), settings.limits.reads, settings.limits.users_max),
      readers([this] { return connections.open(); }, read_rate, settings.readers),
      streams(readers, process.clock(), settings.sse) {
    warn_of_strangers(settings);
    keys.tell_faults();
    if (!has_key_file(settings)) return;
    process.add({
        .name = "keys of tokens",
        .step =
            [this] {
                keys.read();
                return false;
            },
        .wait = [] { std::this_thread::sleep_for(keys_read_every); },
        .vital = false,  // the keys from before stay in force
    });
}

std::string token_keys(const Settings& settings) {
    const auto& check = settings.token_check;
    if (!check.key.empty()) return check.key;
    if (!check.key_file.empty()) return infra::jwt::load_key(check.key_file);
    throw domain::SetupError("no key to check tokens with: set auth.key_file or ANTIPHON_AUTH_KEY");
}

}  // namespace services::antiphon
