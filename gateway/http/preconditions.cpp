#include "gateway/http/preconditions.hpp"

#include "gateway/http/problem.hpp"

#include <algorithm>
#include <array>

namespace gateway::http {
namespace {

std::string_view without_coding(std::string_view tag) {
    constexpr std::array<std::string_view, 5> suffixes{
        "--gzip", "-gzip", "-br", "-zstd", "-deflate"};
    for (const std::string_view suffix : suffixes) {
        if (tag.ends_with(suffix)) return tag.substr(0, tag.size() - suffix.size());
    }
    return tag;
}

bool is_tag_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

bool holds(const TagList& list, std::string_view tag) {
    if (list.any) return true;
    return !tag.empty() && std::find(list.tags.begin(), list.tags.end(), tag) != list.tags.end();
}

Response malformed(std::string_view header) {
    return problem(
        400,
        "invalid-precondition",
        "The header " + std::string(header) +
            R"( holds * or entity tags, each in quotes and with commas between: "7".)"
    );
}

/// The representation's, without its quotes; empty: it has none.
std::string_view tag_of(const Response& response) {
    for (const auto& [name, value] : response.headers) {
        if (name == "ETag") return std::string_view(value).substr(1, value.size() - 2);
    }
    return {};
}

}  // namespace

std::optional<TagList> read_tags(std::string_view value) {
    TagList list;
    skip_blanks(value);
    if (value.starts_with('*')) {
        list.any = value.find_last_not_of(" \t") == 0;
        if (!list.any) return std::nullopt;
        return list;
    }
    while (!value.empty()) {
        if (value.front() == ',') {  // RFC 9110, 5.6.1: an element may be empty
            value.remove_prefix(1);
            skip_blanks(value);
            continue;
        }
        if (value.starts_with("W/")) value.remove_prefix(2);
        if (!value.starts_with('"')) return std::nullopt;
        value.remove_prefix(1);
        const std::size_t end = value.find('"');
        if (end == value.npos) return std::nullopt;
        const std::string_view tag = value.substr(0, end);
        if (!std::all_of(tag.begin(), tag.end(), is_tag_character)) return std::nullopt;
        list.tags.push_back(without_coding(tag));
        value.remove_prefix(end + 1);
        skip_blanks(value);
        if (!value.empty() && value.front() != ',') return std::nullopt;
    }
    if (list.tags.empty()) return std::nullopt;
    return list;
}

std::optional<Response> refuse_unknown_preconditions(
    const Request& request,
    std::initializer_list<std::string_view> known
) {
    for (const auto& [name, value] : request.headers) {
        if (!name.starts_with("if-") && name != "if") continue;
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        return problem(
            400,
            "unsupported-precondition",
            "The condition of the header " + name + " cannot be checked here."
        );
    }
    return std::nullopt;
}

std::optional<Response> unmet_precondition(const Request& request, std::string_view tag) {
    // What asks for a time, or for a part, is left out as RFC 9110 wants it (13.1.3 to 13.1.5): we
    // have no time of the last change, and no parts.
    auto refusal = refuse_unknown_preconditions(
        request,
        {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"}
    );
    if (refusal) return refusal;
    if (const auto match = request.header("if-match")) {
        const auto list = read_tags(*match);
        if (!list) return malformed("If-Match");
        if (!holds(*list, tag))
            return problem(412, "precondition-failed", "It is not at this version any more.");
    }
    if (const auto none_match = request.header("if-none-match")) {
        const auto list = read_tags(*none_match);
        if (!list) return malformed("If-None-Match");
        if (holds(*list, tag)) {
            Response response;
            response.status = 304;
            return response;
        }
    }
    return std::nullopt;
}

Response conditioned(const Request& request, Response response) {
    if (response.status / 100 != 2) return response;
    auto unmet = unmet_precondition(request, tag_of(response));
    if (!unmet) return response;
    if (unmet->status == 304) unmet->headers = std::move(response.headers);
    return std::move(*unmet);
}

}  // namespace gateway::http
