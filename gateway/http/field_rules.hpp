#pragma once

#include "gateway/http/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gateway::http {

/// Adds a header line. Lines of one name are one list, put together with ", " (RFC 9110, 5.3), and
/// cookies with "; " (RFC 9113, 8.2.3). False: the header is no list, so that it may come once
/// only.
bool add_field(Fields& fields, std::string lower_case_name, std::string_view value);

/// Of ASCII, whatever the locale.
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// RFC 9110, 5.6.2: one or more letters, digits and some other characters of ASCII.
bool is_token(std::string_view text);

/// Without the blanks around it (OWS: RFC 9110, 5.6.3).
std::string_view trimmed(std::string_view text);

/// The elements of a list of tokens, without those that are empty (RFC 9110, 5.6.1.2).
std::vector<std::string_view> elements(std::string_view list);

}  // namespace gateway::http
