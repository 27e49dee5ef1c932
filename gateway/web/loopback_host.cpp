#include "gateway/web/loopback_host.hpp"

#include "gateway/http/problem.hpp"

#include <algorithm>
#include <charconv>

namespace gateway::web {
namespace {

/// Takes a number up to `max`, in digits without a zero in front, from the front of `text`.
bool take_number(std::string_view& text, unsigned max) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto size = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || value > max || (size > 1 && text.front() == '0')) return false;
    text.remove_prefix(size);
    return true;
}

bool take(std::string_view& text, std::string_view word) {
    const bool there = text.size() >= word.size() &&
                       std::equal(word.begin(), word.end(), text.begin(), [](char w, char c) {
                           return w == (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
                       });
    if (there) text.remove_prefix(word.size());
    return there;
}

bool take_loopback_address(std::string_view& text) {
    if (!take(text, "127")) return false;
    for (int i = 0; i < 3; ++i) {
        if (!take(text, ".") || !take_number(text, 255)) return false;
    }
    return true;
}

}  // namespace

bool is_loopback_host(std::string_view host) {
    if (!take(host, "localhost") && !take(host, "[::1]") && !take_loopback_address(host))
        return false;
    if (!take(host, ":")) return host.empty();
    return host.empty() || (take_number(host, 65'535) && host.empty());
}

std::optional<http::Response> refuse_foreign_host(const http::Request& request) {
    for (const auto& [name, value] : request.headers) {
        if (name != "host" || is_loopback_host(value)) continue;
        return http::problem(
            421,
            "foreign-host",
            "In development only localhost, 127.0.0.1 and [::1] are taken as Host."
        );
    }
    return std::nullopt;
}

}  // namespace gateway::web
