#include "gateway/http/media.hpp"

#include "gateway/http/field_rules.hpp"
#include "gateway/http/problem.hpp"

#include <algorithm>

namespace gateway::http {
namespace {

bool same_letters(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return lower(x) == lower(y);
    });
}

/// The text before the next `separator` that stands in no quotes, trimmed; `rest` is what follows.
std::string_view next_unquoted(std::string_view& rest, char separator) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < rest.size() && (quoted || rest[end] != separator); ++end) {
        if (rest[end] == '"') quoted = !quoted;
        if (quoted && rest[end] == '\\') ++end;
    }
    end = std::min(end, rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return trimmed(part);
}

/// How exactly a media range names the type: 3 itself, 2 its kind, 1 any; 0: not at all.
int precision(std::string_view range, std::string_view media_type) {
    if (same_letters(range, media_type)) return 3;
    if (range == "*/*") return 1;
    const std::string_view kind = media_type.substr(0, media_type.find('/') + 1);
    const bool whole_kind = range.size() == kind.size() + 1 && range.back() == '*';
    return whole_kind && same_letters(range.substr(0, kind.size()), kind) ? 2 : 0;
}

constexpr int quality_max = 1'000;

/// Of "0.25": 250. What is no weight is as if it were not there.
int thousandths(std::string_view weight) {
    const std::string_view digits = weight.substr(std::min<std::size_t>(weight.size(), 2));
    const bool well_formed =
        (weight == "0" || weight == "1" || weight.starts_with("0.") || weight.starts_with("1.")) &&
        digits.find_first_not_of("0123456789") == digits.npos;
    if (!well_formed || weight.front() == '1') return quality_max;
    int value = 0;
    for (std::size_t i = 0; i < 3; ++i)
        value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    return value;
}

/// RFC 9110, 5.6.4: with its quotes.
bool is_quoted(std::string_view text) {
    if (text.size() < 2 || text.front() != '"') return false;
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] == '"') return at + 1 == text.size();
        if (text[at] == '\\') ++at;
    }
    return false;
}

bool is_utf8(std::string_view charset) {
    if (is_quoted(charset)) charset = charset.substr(1, charset.size() - 2);
    return same_letters(charset, "utf-8") || same_letters(charset, "utf8");
}

bool is_json(std::string_view content_type) {
    if (!same_letters(next_unquoted(content_type, ';'), "application/json")) return false;
    while (!content_type.empty()) {
        const std::string_view parameter = next_unquoted(content_type, ';');
        if (parameter.empty()) continue;  // RFC 9110, 5.6.6
        const std::size_t sign = std::min(parameter.find('='), parameter.size() - 1);
        const std::string_view name = parameter.substr(0, sign);
        const std::string_view value = parameter.substr(sign + 1);
        if (!is_token(name) || !(is_token(value) || is_quoted(value))) return false;
        if (same_letters(name, "charset") && !is_utf8(value)) return false;
    }
    return true;
}

}  // namespace

int quality(const Request& request, std::string_view media_type) {
    std::string_view ranges = request.header("accept").value_or("");
    int best = 0;
    bool any = true;  // as long as all elements are empty
    int wanted = 0;
    while (!ranges.empty()) {
        std::string_view parameters = next_unquoted(ranges, ',');
        if (parameters.empty()) continue;
        any = false;
        const int found = precision(next_unquoted(parameters, ';'), media_type);
        int weight = quality_max;
        while (!parameters.empty()) {
            std::string_view parameter = next_unquoted(parameters, ';');
            if (same_letters(next_unquoted(parameter, '='), "q"))
                weight = thousandths(trimmed(parameter));
        }
        if (found > 0 && found == best) wanted = std::max(wanted, weight);
        if (found > best) wanted = weight;
        best = std::max(best, found);
    }
    return any ? quality_max : wanted;
}

std::optional<Response> refuse_media(const Request& request) {
    const auto codings = elements(request.header("content-encoding").value_or(""));
    const auto is_identity = [](std::string_view one) { return same_letters(one, "identity"); };
    if (!std::ranges::all_of(codings, is_identity)) {
        Response response =
            problem(415, "unsupported-coding", "Send the body without Content-Encoding.");
        response.headers.emplace_back("Accept-Encoding", "identity");
        return response;
    }
    const auto type = request.header("content-type");
    if (!type || is_json(*type)) return std::nullopt;
    Response response = problem(
        415,
        "unsupported-media-type",
        "Send the body as JSON in UTF-8, with the header Content-Type: application/json."
    );
    response.headers.emplace_back("Accept", "application/json");
    return response;
}

}  // namespace gateway::http
