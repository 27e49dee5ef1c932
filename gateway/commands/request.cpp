#include "gateway/commands/request.hpp"

#include "domain/kernel/json_document.hpp"
#include "domain/kernel/names.hpp"
#include "gateway/commands/expectation.hpp"
#include "gateway/commands/idempotency_key.hpp"
#include "gateway/commands/identity.hpp"
#include "gateway/commands/json_check.hpp"
#include "gateway/http/media.hpp"
#include "gateway/http/problem.hpp"

#include <algorithm>
#include <optional>

namespace gateway::commands {
namespace {

constexpr std::size_t correlation_id_max_bytes = 64;

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// 1..`max` letters, digits and `others`.
bool is_word(std::string_view text, std::size_t max, std::string_view others) {
    return !text.empty() && text.size() <= max &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
           });
}

/// Is it 00-<32 hex>-<16 hex>-<2 hex>, or a later version of that (W3C Trace Context)?
bool is_trace_parent(std::string_view text) {
    constexpr std::string_view shape = "xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";
    if (text.size() != shape.size() || text.starts_with("ff")) return false;
    const bool fits = std::equal(text.begin(), text.end(), shape.begin(), [](char c, char s) {
        return s == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
    const auto zero = [](std::string_view id) { return id.find_first_not_of('0') == id.npos; };
    return fits && !zero(text.substr(3, 32)) && !zero(text.substr(36, 16));
}

bool has_command(const domain::Aggregate& aggregate, std::string_view name) {
    const auto names = aggregate.commands();
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Nothing, or why the body is not one of this command.
std::optional<http::Response>
refuse_body(const domain::Aggregate& aggregate, std::string_view name, std::string_view body) {
    if (const auto fault = check_json(body, domain::JsonDocument::depth_max))
        return http::problem(400, fault->code, fault->detail);
    if (const auto rejection = aggregate.check(name, body))
        return http::problem(422, rejection->code, rejection->message, rejection->errors);
    return std::nullopt;
}

/// The same for the same request, whatever its spelling.
std::string fingerprint(const http::Request& request, const domain::CommandEnvelope& command) {
    std::string text = request.method;
    for (const std::string* part :
         {&command.stream.category, &command.stream.entity, &command.name})
        text += '\n' + *part;
    text += '\n';
    if (command.expected_version) text += std::to_string(command.expected_version->value);
    text += '\n';
    text += command.data;
    return digest(text);
}

}  // namespace

std::variant<domain::StreamId, http::Response>
read_stream(const http::Request& request, std::span<const domain::AggregatePtr> aggregates) {
    const std::string& category = request.parameter("category");
    const std::string& entity = request.parameter("entity");
    if (domain::find_aggregate(aggregates, category) == nullptr)
        return http::problem(404, "unknown-category", "There is no aggregate of this category.");
    if (!domain::is_entity(entity)) {
        return http::problem(
            400,
            "invalid-entity",
            "An entity is named by 1 to 256 bytes of UTF-8 without control characters, of which no "
            "part between slashes is \".\" or \"..\"."
        );
    }
    return domain::StreamId{category, entity};
}

std::variant<CommandHead, http::Response> read_head(
    const http::Request& request,
    const domain::VerifiedToken& caller,
    const Aggregates& aggregates,
    domain::Timestamp now
) {
    auto stream = read_stream(request, aggregates.all);
    if (auto* refusal = std::get_if<http::Response>(&stream)) return std::move(*refusal);
    CommandHead head;
    head.stream = std::get<domain::StreamId>(std::move(stream));
    head.aggregate = domain::find_aggregate(aggregates.all, head.stream.category);
    head.name = request.parameter("name");
    if (!has_command(*head.aggregate, head.name))
        return http::problem(404, "unknown-command", "This aggregate has no command of this name.");
    const domain::Asked asked{
        .user = caller.issuer,
        .time = now,
        .entity = head.stream.entity,
        .claim_names = aggregates.claim_names};
    if (head.aggregate->may(head.name, asked) == domain::Allowed::no)
        return http::problem(403, "forbidden", "Your token does not allow this command.");
    if (auto refusal = http::refuse_media(request)) return std::move(*refusal);

    auto expectation = read_expectation(request);
    if (auto* refusal = std::get_if<http::Response>(&expectation)) return std::move(*refusal);
    head.expected_version = std::get<std::optional<domain::StreamVersion>>(expectation);
    if (const auto key = request.header("idempotency-key")) {
        head.key = read_key(*key);
        if (!head.key) {
            return http::problem(
                400,
                "invalid-idempotency-key",
                "An Idempotency-Key is 1 to 255 visible ASCII characters; in quotes, also spaces."
            );
        }
    }
    return head;
}

std::variant<domain::NewCommand, http::Response> read_command(
    const http::Request& request,
    const domain::VerifiedToken& caller,
    const Aggregates& aggregates,
    domain::Timestamp now
) {
    auto read = read_head(request, caller, aggregates, now);
    if (auto* refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
    auto& head = std::get<CommandHead>(read);

    domain::CommandEnvelope command;
    command.stream = std::move(head.stream);
    command.name = std::move(head.name);
    command.data = request.body.empty() ? "{}" : request.body;
    command.issuer = caller.issuer;
    command.expected_version = head.expected_version;
    command.time = now;
    if (auto refusal = refuse_body(*head.aggregate, command.name, command.data)) return *refusal;

    command.id = head.key ? command_id(caller, *head.key) : new_command_id(now);
    const auto correlation = request.header("x-correlation-id");
    const bool correlated = correlation && is_word(*correlation, correlation_id_max_bytes, "._-");
    command.correlation_id = correlated ? std::string(*correlation) : command.id;
    const auto trace = request.header("traceparent");
    if (trace && is_trace_parent(*trace)) command.trace_parent = *trace;

    std::string print = fingerprint(request, command);
    return domain::NewCommand{std::move(command), std::move(print)};
}

}  // namespace gateway::commands
