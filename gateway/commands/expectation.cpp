#include "gateway/commands/expectation.hpp"

#include "domain/kernel/expected_version.hpp"
#include "gateway/http/preconditions.hpp"
#include "gateway/http/problem.hpp"

#include <algorithm>
#include <charconv>

namespace gateway::commands {
namespace {

using domain::StreamVersion;
using http::Response;

/// The version that a tag of ours names: as we write it, so that "01" is none.
std::optional<StreamVersion> version_of(std::string_view tag) {
    StreamVersion version;
    const char* end = tag.data() + tag.size();
    const auto [stop, error] = std::from_chars(tag.data(), end, version.value);
    if (error != std::errc{} || stop != end || version.value < 0) return std::nullopt;
    if (tag.front() == '-' || (tag.front() == '0' && tag.size() > 1)) return std::nullopt;
    return version;
}

std::vector<StreamVersion> versions_of(const http::TagList& list) {
    std::vector<StreamVersion> versions;
    for (const std::string_view tag : list.tags) {
        if (const auto version = version_of(tag)) versions.push_back(*version);
    }
    return versions;
}

Response malformed(std::string_view header, std::string_view code) {
    return http::problem(
        400,
        code,
        std::string(header) + R"( holds * or versions of the aggregate, each in quotes: "7".)"
    );
}

Response unmet() {
    return http::problem(
        412, "precondition-failed", "No version of an aggregate can meet these conditions."
    );
}

Response unsupported(std::string_view detail) {
    return http::problem(400, "unsupported-precondition", detail);
}

}  // namespace

std::variant<std::optional<StreamVersion>, Response> read_expectation(const http::Request& request
) {
    auto unknown = http::refuse_unknown_preconditions(request, {"if-match", "if-none-match"});
    if (unknown) return std::move(*unknown);
    const auto match = request.header("if-match");
    const auto none_match = request.header("if-none-match");
    if (!match && !none_match) return std::nullopt;

    const auto wanted = http::read_tags(match.value_or("*"));
    if (!wanted) return malformed("If-Match", "invalid-if-match");
    const auto unwanted = http::read_tags(none_match.value_or("\"\""));
    if (!unwanted) return malformed("If-None-Match", "invalid-if-none-match");

    if (!match && unwanted->any) return StreamVersion{0};  // to create it
    const std::vector<StreamVersion> excluded = versions_of(*unwanted);
    if (wanted->any) {
        if (unwanted->any) return unmet();
        if (!excluded.empty())
            return unsupported("If-None-Match takes * here, or versions that If-Match names, too.");
        if (!match) return std::nullopt;  // what it excludes is no version
        return domain::any_version;
    }
    std::vector<StreamVersion> versions = versions_of(*wanted);
    std::erase_if(versions, [&](StreamVersion version) {
        return (unwanted->any && version.value != 0) ||
               std::find(excluded.begin(), excluded.end(), version) != excluded.end();
    });
    if (versions.empty()) return unmet();
    if (const auto expected = domain::expect_versions(versions)) return expected;
    return unsupported(
        "The versions in If-Match lie more than " + std::to_string(domain::expected_versions_span) +
        " apart."
    );
}

}  // namespace gateway::commands
