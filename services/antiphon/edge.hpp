#pragma once

#include "gateway/auth/authenticator.hpp"
#include "gateway/store/store_readers.hpp"
#include "infra/jwt/jwt_token_verifier.hpp"
#include "services/antiphon/process.hpp"
#include "services/antiphon/settings.hpp"
#include "services/antiphon/store.hpp"

namespace services::antiphon {

/// What the gateways share: who is calling, and threads that read the store.
struct Edge {
    Edge(const Settings& settings, Process& process);

    StoreWatch watch;
    infra::jwt::JwtTokenVerifier verifier;
    gateway::auth::Authenticator authenticator;
    StoreConnections connections;
    gateway::StoreReaders readers;
};

/// The key that tokens are signed with, from auth.key or auth.key_file; SetupError without either.
std::string token_key(const Settings& settings);

}  // namespace services::antiphon
