#pragma once

#include "domain/kernel/result.hpp"
#include "gateway/http/message.hpp"

#include <string_view>

namespace gateway::http {

/// An answer in application/problem+json (RFC 9457): `type` is "about:blank" with `code` as an
/// extension member for programs, `title` the status' own phrase, `detail` one sentence that says
/// what to do, `errors` the fields at fault ({"location", "code", "message"}) where there are any.
Response problem(
    int status,
    std::string_view code,
    std::string_view detail,
    const std::vector<domain::FieldError>& errors = {}
);

}  // namespace gateway::http
