#pragma once

#include "gateway/auth/authenticator.hpp"
#include "gateway/sse/streams.hpp"
#include "gateway/store/store_readers.hpp"
#include "infra/jwt/jwt_token_verifier.hpp"
#include "services/antiphon/key_file.hpp"
#include "services/antiphon/process.hpp"
#include "services/antiphon/settings.hpp"
#include "services/antiphon/store.hpp"

namespace services::antiphon {

/// What the gateways share: who is calling, threads that read the store, and event streams.
struct Edge {
    Edge(const Settings& settings, Process& process);

    StoreWatch watch;
    infra::jwt::JwtTokenVerifier verifier;
    KeyFile keys;
    gateway::auth::Authenticator authenticator;
    StoreConnections connections;
    gateway::RateLimiter read_rate;
    gateway::StoreReaders readers;
    gateway::sse::Streams streams;
};

/// The keys of tokens, from auth.key or auth.key_file, as infra::jwt::KeySet reads them; SetupError
/// without either.
std::string token_keys(const Settings& settings);

}  // namespace services::antiphon
