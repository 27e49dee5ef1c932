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

/// Adds to an answer to a preflight what the request may be: one of `methods`, with the headers
/// that our routes know.
void add_preflight(Response& response, std::string_view methods);

}  // namespace gateway::http
