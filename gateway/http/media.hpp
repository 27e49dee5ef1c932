#pragma once

#include "gateway/http/message.hpp"

#include <optional>
#include <string_view>

namespace gateway::http {

/// How much the header `Accept` wants this media type, in thousandths (RFC 9110, 12.5.1); 0: not at
/// all. Without the header it wants all alike; what cannot be read in it counts for nothing.
int quality(const Request& request, std::string_view media_type);

/// May it be answered with?
inline bool accepts(const Request& request, std::string_view media_type) {
    return quality(request, media_type) > 0;
}

/// 415 where the body is not plain JSON by its headers (RFC 9110, 15.5.16): another type, another
/// charset than UTF-8, or compressed. A body of no type is taken for JSON; one of a form is not, as
/// any page may send such a one without asking first.
std::optional<Response> refuse_media(const Request& request);

}  // namespace gateway::http
