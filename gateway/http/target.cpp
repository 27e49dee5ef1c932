#include "gateway/http/target.hpp"

#include <algorithm>
#include <charconv>

namespace gateway::http {
namespace {

/// The text before the next `separator`; `rest` becomes what follows it.
std::string_view next(std::string_view& rest, char separator) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

bool read_path(std::string_view path, Request& request) {
    request.path = path;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        auto segment = percent_decoded(path.substr(0, end), false);
        if (!segment) return false;
        request.segments.push_back(std::move(*segment));
        path.remove_prefix(end);
    }
    return true;
}

bool read_query(std::string_view query, Request& request) {
    while (!query.empty()) {
        std::string_view pair = next(query, '&');
        auto name = percent_decoded(next(pair, '='), true);
        auto value = percent_decoded(pair, true);
        if (!name || !value) return false;
        request.query.emplace_back(std::move(*name), std::move(*value));
    }
    return true;
}

}  // namespace

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

bool read_target(std::string_view target, Request& request) {
    const bool ascii =
        std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (!ascii) return false;
    if (target.starts_with("http://") || target.starts_with("https://")) {
        const std::size_t authority = target.find("//") + 2;
        target.remove_prefix(std::min(target.find_first_of("/?", authority), target.size()));
    }
    std::string_view path = next(target, '?');
    if (path.empty()) path = "/";
    return path.front() == '/' && read_path(path, request) && read_query(target, request);
}

}  // namespace gateway::http
