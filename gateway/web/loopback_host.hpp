#pragma once

#include "gateway/http/message.hpp"

#include <optional>
#include <string_view>

namespace gateway::web {

/// Is it this machine, by a name or an address that no name server can change: localhost,
/// 127.0.0.0/8 or [::1], with or without a port?
bool is_loopback_host(std::string_view host);

/// 421 for a request to another host. A page of a stranger can make its own name point to
/// 127.0.0.1 (DNS rebinding) and is then of our origin for the browser; but the name is in `Host`.
std::optional<http::Response> refuse_foreign_host(const http::Request& request);

}  // namespace gateway::web
