#pragma once

#include "gateway/http/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gateway::http {

/// Appends, as header lines, what lets a page of an allowed origin read the answer.
void append_cors(
    std::string& head,
    const std::vector<std::string>& allowed_origins,
    const Request& request
);

/// Is this a browser that asks whether it may send a request (OPTIONS with the method it wants)?
bool is_preflight(const Request& request);

/// Adds to an answer to a preflight what the request may be: of the method and with the headers
/// that it asks for. An origin is allowed or it is not: with whose token it may do what the user
/// may, what its libraries send besides (for tracing, against caches) is no matter of ours, and the
/// page can read the 404 or 405 of what is not there.
void add_preflight(Response& response, const Request& request);

}  // namespace gateway::http
