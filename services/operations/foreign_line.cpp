#include "services/operations/foreign_line.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/json_document.hpp"
#include "domain/kernel/names.hpp"
#include "domain/kernel/timestamp.hpp"
#include "domain/kernel/uuid.hpp"
#include "services/operations/json_text.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace services::operations {
namespace {

/// Within which ids are made of those that are none of ours, and of lines: ours alone.
constexpr std::string_view foreign_ids = "2f8a1d8e-4b4f-5d0e-9a37-6f1f0c2b7d55";

class ForeignLine {
  public:
    ForeignLine(std::int64_t number, std::string_view line) : number_(number), document_(line) {
        if (document_.fault())
            refuse(
                "is no JSON that is taken, at its byte " +
                std::to_string(document_.fault()->byte + 1)
            );
        if (document_.root().kind != domain::JsonNode::Kind::object) refuse("is no JSON object");
    }

    [[noreturn]] void refuse(const std::string& why) const {
        throw domain::SetupError("line " + std::to_string(number_) + ' ' + why);
    }

    void take_only(std::initializer_list<std::string_view> names) const {
        for (const auto* each = root().first(); each != root().end(); each = each->end()) {
            const std::string name(each->key);
            if (std::ranges::count(names, each->key) == 0)
                refuse(
                    "has \"" + name +
                    "\", which is not known here: leave it out, or bring it "
                    "in the data"
                );
            if (find(each->key) != each) refuse("has \"" + name + "\" twice");
        }
    }

    const domain::JsonNode* find(std::string_view name) const {
        for (const auto* each = root().first(); each != root().end(); each = each->end())
            if (each->key == name) return each;
        return nullptr;
    }

    std::string text(std::string_view name, const std::string& otherwise = "") const {
        const auto* node = find(name);
        if (node == nullptr && !otherwise.empty()) return otherwise;
        if (node == nullptr) refuse("lacks \"" + std::string(name) + '"');
        if (node->kind != domain::JsonNode::Kind::string || node->text.empty())
            refuse("has a \"" + std::string(name) + "\" that is no text");
        return std::string(node->text);
    }

  private:
    const domain::JsonNode& root() const { return document_.root(); }

    const std::int64_t number_;
    const domain::JsonDocument document_;
};

const domain::Aggregate& aggregate_of(
    const ForeignLine& line,
    const std::string& category,
    std::span<const domain::AggregatePtr> aggregates
) {
    const auto* aggregate = domain::find_aggregate(aggregates, category);
    if (aggregate == nullptr)
        line.refuse(
            "is of the category " + category +
            ", of which this build has no aggregate: map it to "
            "one that it has (antiphon describe)"
        );
    return *aggregate;
}

std::string foreign_id(const ForeignLine& read, std::int64_t number, std::string_view line) {
    if (read.find("id") == nullptr)
        return domain::named_uuid(foreign_ids, std::to_string(number) + '\n' + std::string(line));
    const std::string id = read.text("id");
    const auto uuid = domain::parse_uuid(id);
    return uuid ? domain::to_string(*uuid) : domain::named_uuid(foreign_ids, id);
}

void check_event(
    const ForeignLine& line,
    const domain::Aggregate& aggregate,
    const domain::EventEnvelope& event
) {
    if (!domain::is_entity(event.stream.entity))
        line.refuse(
            "names an entity that can be none: 1 to 256 bytes without control characters, "
            "of which no part between slashes is \".\" or \"..\""
        );
    if (!domain::is_message_name(event.type))
        line.refuse("has a type that can be none: 1 to 100 letters, digits and ._-");
    if (!domain::is_user_key(event.issuer.subject))
        line.refuse("names a user that can be none: 1 to 511 bytes without control characters");
    try {
        aggregate.read(event.type, event.data);
    } catch (const std::exception& error) {
        line.refuse(
            "is no event of " + event.stream.category + " that this build can read: " + error.what()
        );
    }
}

}  // namespace

ForeignEvent foreign_event(
    std::int64_t number,
    std::string_view text,
    std::span<const domain::AggregatePtr> aggregates
) {
    const ForeignLine line(number, text);
    line.take_only(
        {"category", "entity", "type", "time", "data", "id", "user", "issuer", "correlation"}
    );
    ForeignEvent foreign;
    domain::EventEnvelope& event = foreign.event;
    event.stream = {line.text("category"), line.text("entity")};
    event.type = line.text("type");
    const auto time = domain::parse_timestamp(line.text("time"));
    if (!time) line.refuse("has a time that is none by RFC 3339: 2026-01-31T12:00:00Z");
    event.time = *time;
    const auto* data = line.find("data");
    event.data = data == nullptr ? "{}" : json_text(*data);
    event.command_id = foreign_id(line, number, text);
    event.last = true;
    event.issuer.subject = line.text("user", std::string(import_command));
    if (line.find("issuer") != nullptr) event.issuer.token_issuer = line.text("issuer");
    event.correlation_id = line.text("correlation", event.command_id);
    check_event(line, aggregate_of(line, event.stream.category, aggregates), event);

    domain::CommandEnvelope& command = foreign.command.stored.command;
    command.id = event.command_id;
    command.stream = event.stream;
    command.name = import_command;
    command.data = "{}";
    command.issuer = event.issuer;
    command.correlation_id = event.correlation_id;
    command.time = event.time;
    foreign.command.fingerprint = import_command;
    return foreign;
}

bool next_line(std::istream& lines, std::int64_t number, std::string& line) {
    line.clear();
    auto& bytes = *lines.rdbuf();
    constexpr auto end = std::istream::traits_type::eof();
    for (auto c = bytes.sbumpc(); c != end; c = bytes.sbumpc()) {
        if (c == '\n') return true;
        if (line.size() == domain::archive_line_bytes_max)
            throw domain::SetupError(
                "line " + std::to_string(number) + " is longer than any event, " +
                std::to_string(domain::archive_line_bytes_max) + " bytes"
            );
        line += static_cast<char>(c);
    }
    return !line.empty();
}

}  // namespace services::operations
