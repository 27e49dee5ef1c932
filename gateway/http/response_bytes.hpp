#pragma once

#include "gateway/http/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gateway::http {

/// The phrase that stands for a status: "Not Found".
std::string_view reason(int status);

/// What the head of an answer depends on besides the answer itself.
struct HeadContext {
    const Request& request;
    const std::vector<std::string>& cors_origins;
    std::string_view date;  ///< as a header's value
    bool http_1_1 = true;
    bool keep_alive = true;
};

/// Appends a whole answer; without its body where the request was HEAD.
void append_response(std::string& bytes, const Response& response, const HeadContext& context);

/// Appends the head of an answer whose body follows piece by piece and ends with the connection.
void append_stream_head(
    std::string& bytes,
    int status,
    const Fields& fields,
    const HeadContext& context
);

}  // namespace gateway::http
