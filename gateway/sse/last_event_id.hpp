#pragma once

#include "gateway/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Where a client wants its stream to go on.
namespace gateway::sse {

/// "last-event-id" in each spelling that a stand-in for EventSource may have for it: lastEventId,
/// Last-Event-ID, last_event_id.
bool is_last_event_id(std::string_view parameter);

/// Of the header `Last-Event-ID` or, where a client cannot set it, of the query; or empty. The
/// header wins: on an automatic reconnect the query is still that of the first connection.
std::string last_event_id(const http::Request& request);

/// 400 where the query names more than one, of which the router, which knows nothing of spellings,
/// lets each through; or what a condition asks for: a stream has no version.
std::optional<http::Response> refuse_head(const http::Request& request);

}  // namespace gateway::sse
