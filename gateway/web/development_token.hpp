#pragma once

#include "domain/kernel/envelope.hpp"

#include <functional>
#include <string>
#include <vector>

namespace gateway::http {
class Router;
}

namespace gateway::web {

struct SignedToken {
    std::string token;
    domain::Timestamp expires;
};
using SignToken =
    std::function<SignedToken(const std::string& subject, const std::vector<std::string>& roles)>;

/// `POST /dev/token {"subject": "alice", "roles": ["clerk"]}` gives anybody a token for any name,
/// with any roles or, left out, none: as {"token", "expires"} and as a cookie, for a browser's
/// EventSource. For development on one's own machine, and nothing else.
void add_development_token(http::Router& router, SignToken sign, std::string cookie);

}  // namespace gateway::web
