#include "gateway/http/target.hpp"

#include "gateway/http/field_rules.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace gateway::http {
namespace {

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

bool is_http(std::string_view scheme) {
    std::string name(scheme);
    std::transform(name.begin(), name.end(), name.begin(), lower);
    return name == "http" || name == "https";
}

/// The text before the next `separator`; `rest` becomes what follows it.
std::string_view next(std::string_view& rest, char separator) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

/// RFC 3986, 3.3 and 3.4: what may stand in a path or a query. No fragment is ever sent.
bool is_uri_character(char c) {
    return is_alphanumeric(c) ||
           std::string_view("-._~!$&'()*+,;=:@/?%").find(c) != std::string_view::npos;
}

constexpr std::string_view broken_encoding =
    "A percent sign in the target is not followed by two hexadecimal digits.";

std::string_view read_path(std::string_view path, Request& request) {
    request.path = path;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        auto segment = percent_decoded(path.substr(0, end), false);
        if (!segment) return broken_encoding;
        if (*segment == "." || *segment == "..")
            return "The segments . and .. name nothing here: send the path that they lead to.";
        request.segments.push_back(std::move(*segment));
        path.remove_prefix(end);
    }
    return {};
}

std::string_view read_query(std::string_view query, Request& request) {
    while (!query.empty()) {
        std::string_view pair = next(query, '&');
        if (pair.empty()) continue;
        auto name = percent_decoded(next(pair, '='), true);
        auto value = percent_decoded(pair, true);
        if (!name || !value) return broken_encoding;
        request.query.emplace_back(std::move(*name), std::move(*value));
    }
    return {};
}

/// RFC 3986, 3.2.2: a name as it may be registered, or an IPv4 address.
bool is_name(std::string_view host) {
    return !host.empty() && percent_decoded(host, false) &&
           std::all_of(host.begin(), host.end(), [](char c) {
               return is_alphanumeric(c) ||
                      std::string_view("-._~!$&'()*+,;=%").find(c) != std::string_view::npos;
           });
}

/// An IPv6 address; of later kinds, for which the grammar has room, there are none.
bool is_address_in_brackets(std::string_view host) {
    if (!host.starts_with('[') || !host.ends_with(']')) return false;
    in6_addr address{};
    return inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), &address) == 1;
}

bool is_port(std::string_view digits) {
    if (digits.empty()) return true;
    std::uint16_t port = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, port);
    return error == std::errc{} && stop == end;
}

}  // namespace

bool is_authority(std::string_view text) {
    // An address in brackets, else a name; then a port behind a colon, which may be empty.
    const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
    const std::size_t colon = std::min(text.find(':', bracket), text.size());
    const std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(std::min(colon + 1, text.size()));
    return is_port(port) && (text.starts_with('[') ? is_address_in_brackets(host) : is_name(host));
}

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%') {
            unsigned char byte = 0;
            const char* digits = text.data() + at + 1;
            if (text.size() - at < 3) return std::nullopt;
            if (std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2)
                return std::nullopt;
            decoded += static_cast<char>(byte);
            at += 2;
        } else {
            decoded += plus_is_space && text[at] == '+' ? ' ' : text[at];
        }
    }
    return decoded;
}

std::string_view read_target(std::string_view target, Request& request) {
    if (!target.starts_with('/')) {
        const std::size_t scheme = std::min(target.find("://"), target.size());
        if (scheme == target.size() || !is_http(target.substr(0, scheme)))
            return "The target is neither a path nor a URL of http.";
        target.remove_prefix(scheme + 3);
        const std::size_t end = std::min(target.find_first_of("/?"), target.size());
        if (end == 0 || !is_authority(target.substr(0, end))) return "The target names no host.";
        request.authority = target.substr(0, end);
        target.remove_prefix(end);
    }
    if (!std::all_of(target.begin(), target.end(), is_uri_character))
        return "The target has characters that have to be percent-encoded in a URL.";
    std::string_view path = next(target, '?');
    if (path.empty()) path = "/";
    if (const std::string_view fault = read_path(path, request); !fault.empty()) return fault;
    return read_query(target, request);
}

}  // namespace gateway::http
