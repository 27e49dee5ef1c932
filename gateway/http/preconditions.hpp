#pragma once

#include "gateway/http/message.hpp"

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

namespace gateway::http {

/// What stands in `If-Match` or `If-None-Match` (RFC 9110, 13.1).
struct TagList {
    bool any = false;                      ///< "*"
    std::vector<std::string_view> tags{};  ///< what the quotes hold, else
};

/// Nothing where it is neither "*" nor a list of entity tags. What a proxy that compresses makes of
/// our tags is undone: it calls them weak (nginx), or adds the coding to them (Apache: "7-gzip").
/// That is safe as a tag of ours names a state and not its bytes.
std::optional<TagList> read_tags(std::string_view value);

/// 400 for a header that no standard has, or that we cannot evaluate, and whose name says that it
/// is a condition: to leave it out would be to do what the client does not want. `known` are those
/// that the caller evaluates or that the standard leaves out.
std::optional<Response>
refuse_unknown_preconditions(const Request& request, std::initializer_list<std::string_view> known);

/// The answer in place of a 200 to GET or HEAD, where a condition says so: 304, 412, or 400 for one
/// that cannot be read (RFC 9110, 13.2.2). `tag` is the representation's, without its quotes;
/// empty: it has none.
std::optional<Response> unmet_precondition(const Request& request, std::string_view tag);

/// The answer to GET or HEAD, or what stands in its place by the conditions of the request. They
/// count only where it is a success, and go by its `ETag` (RFC 9110, 13.2.1).
Response conditioned(const Request& request, Response response);

}  // namespace gateway::http
