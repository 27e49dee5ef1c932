#include "domain/kernel/cloud_event.hpp"

#include "domain/kernel/lines.hpp"
#include "domain/kernel/number.hpp"
#include "domain/kernel/outcome.hpp"
#include "domain/kernel/percent_encoding.hpp"

#include <algorithm>
#include <cstddef>

namespace domain {
namespace {

constexpr std::string_view prefix = "ce_";

void add(Record& record, std::string_view attribute, std::string value) {
    std::string name(prefix);
    name += attribute;
    record.headers.push_back({std::move(name), std::move(value)});
}

void add(Record& record, std::string_view attribute, std::int64_t value) {
    add(record, attribute, std::to_string(value));
}

/// An attribute that is there has a value: what is empty is left out.
void add_if_any(Record& record, std::string_view attribute, const std::string& value) {
    if (!value.empty()) add(record, attribute, value);
}

/// Reads attributes one after the other and remembers whether all were there and well-formed.
class Attributes {
  public:
    explicit Attributes(const Record& record) : record_(record) {}

    bool complete() const { return complete_; }

    std::string_view optional_text(std::string_view attribute) {
        return find(attribute).value_or("");
    }

    std::string text(std::string_view attribute) {
        const auto found = find(attribute);
        complete_ = complete_ && found;
        return std::string(found.value_or(""));
    }

    template <class Number = std::int64_t>
    Number number(std::string_view attribute) {
        return required(parse_number<Number>(optional_text(attribute)));
    }

    Timestamp time(std::string_view attribute) {
        return required(parse_timestamp(optional_text(attribute)));
    }

    Issuer issuer() { return {text("user"), text("claims"), std::string(optional_text("issuer"))}; }

    /// `type` without the category in front of it.
    std::string name(std::string_view category) {
        std::string type = text("type");
        complete_ = complete_ && type.size() > category.size() + 1 && type.starts_with(category) &&
                    type[category.size()] == '.';
        return complete_ ? type.substr(category.size() + 1) : type;
    }

  private:
    /// By a search that begins behind what was found last: they stand mostly in the order in which
    /// they are asked for. No relay writes one twice.
    std::optional<std::string_view> find(std::string_view attribute) {
        const auto& headers = record_.headers;
        const auto is_it = [&](const Header& header) {
            const std::string_view name = header.name;
            return name.size() == prefix.size() + attribute.size() && name.ends_with(attribute) &&
                   name.starts_with(prefix);
        };
        const auto from = headers.begin() + static_cast<std::ptrdiff_t>(next_);
        auto found = std::find_if(from, headers.end(), is_it);
        if (found == headers.end()) {
            found = std::find_if(headers.begin(), from, is_it);
            if (found == from) return std::nullopt;
        }
        next_ = static_cast<std::size_t>(found - headers.begin()) + 1;
        return found->value;
    }

    template <class T>
    T required(const std::optional<T>& value) {
        complete_ = complete_ && value;
        return value.value_or(T{});
    }

    const Record& record_;
    std::size_t next_ = 0;  ///< behind the header found last
    bool complete_ = true;
};

/// What stands before the dot of the CloudEvent's type. The outcomes drop the `$` of their
/// category.
std::string_view type_prefix(std::string_view category) {
    return category == outcome_category ? category.substr(1) : category;
}

Record start_record(
    const StreamId& stream,
    Payload data,
    std::string id,
    std::string type,
    std::string source
) {
    Record record;
    record.key = stream.entity;
    record.value = std::move(data);
    record.headers.reserve(24);
    record.headers.push_back({"content-type", "application/json"});
    add(record, "specversion", "1.0");
    add(record, "id", std::move(id));
    add(record, "type", std::move(type));
    add(record, "source", std::move(source));
    add(record, "subject", stream.entity);
    add(record, "category", stream.category);
    return record;
}

void add_origin(
    Record& record,
    Timestamp time,
    const Issuer& issuer,
    const std::string& correlation_id,
    const std::string& trace_parent
) {
    add(record, "time", to_string(time));
    add(record, "user", issuer.subject);
    add_if_any(record, "issuer", issuer.token_issuer);
    add(record, "claims", issuer.claims);
    add(record, "correlationid", correlation_id);
    add_if_any(record, "traceparent", trace_parent);
}

}  // namespace

std::string event_type(const EventEnvelope& event) {
    return std::string(type_prefix(event.stream.category)) + "." + event.type;
}

std::string event_source(const EventEnvelope& event) {
    if (event.stream.category == outcome_category)
        return "/commands/" + percent_encoded(event.stream.entity);
    return "/aggregates/" + percent_encoded(event.stream.category) + "/" +
           percent_encoded(event.stream.entity);
}

Record command_record(const CommandEnvelope& command) {
    Record record = start_record(
        command.stream,
        command.data,
        command.id,
        command.stream.category + "." + command.name,
        "/commands"
    );
    add_origin(record, command.time, command.issuer, command.correlation_id, command.trace_parent);
    add_if_any(record, "causationid", command.causation_id);
    if (command.expected_version) add(record, "expectedversion", command.expected_version->value);
    return record;
}

Record event_record(const EventEnvelope& event) {
    Record record = start_record(
        event.stream, event.data, event_id(event), event_type(event), event_source(event)
    );
    add_origin(record, event.time, event.issuer, event.correlation_id, event.trace_parent);
    add(record, "streamversion", event.version.value);
    add(record, "commandid", event.command_id);
    add(record, "causationid", event.command_id);
    add(record, "commandposition", event.command_position.value);
    add(record, "ordinal", event.ordinal);
    add(record, "last", event.last ? "true" : "false");
    return record;
}

void add_hearers(Record& record, const std::vector<std::string>& users) {
    add_if_any(record, "hearers", lines_of(users));
}

std::vector<std::string> hearers_of(const Record& record) {
    std::vector<std::string> users;
    std::string_view lines = find_header(record, "ce_hearers").value_or("");
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size());
        users.emplace_back(lines.substr(0, end));
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return users;
}

void add_link(Record& record, const ChainLink& link) {
    record.headers.reserve(record.headers.size() + 4);  // and the signature's
    std::string life = std::to_string(link.incarnation);
    if (link.generation != 1) life += '.' + std::to_string(link.generation);
    add(record, "incarnation", std::move(life));
    add(record, "position", link.position.value);
    add(record, "predecessor", link.predecessor.value);
}

bool claims_link(const Record& record) {
    return find_header(record, "ce_incarnation") || find_header(record, "ce_position") ||
           find_header(record, "ce_predecessor");
}

std::optional<ChainLink> link_of(const Record& record) {
    Attributes attributes(record);
    ChainLink link;
    const std::string life = attributes.text("incarnation");
    const std::string_view text = life;
    const auto dot = text.find('.');
    const auto incarnation = parse_number<std::int64_t>(text.substr(0, dot));
    const auto generation =
        dot == text.npos ? std::int64_t{1} : parse_number<std::int64_t>(text.substr(dot + 1));
    if (!incarnation || !generation) return std::nullopt;
    link.incarnation = *incarnation;
    link.generation = *generation;
    link.position = {attributes.number("position")};
    link.predecessor = {attributes.number("predecessor")};
    if (!attributes.complete()) return std::nullopt;
    return link;
}

std::optional<StoredCommand> command_of(const Record& record) {
    Attributes attributes(record);
    StoredCommand stored;
    stored.position = {attributes.number("position")};
    CommandEnvelope& command = stored.command;
    command.id = attributes.text("id");
    command.stream = {attributes.text("category"), attributes.text("subject")};
    command.name = attributes.name(command.stream.category);
    command.data = record.value;
    command.issuer = attributes.issuer();
    command.correlation_id = attributes.text("correlationid");
    command.trace_parent = attributes.optional_text("traceparent");
    if (find_header(record, "ce_expectedversion"))
        command.expected_version = StreamVersion{attributes.number("expectedversion")};
    command.time = attributes.time("time");
    command.causation_id = attributes.optional_text("causationid");
    if (!attributes.complete()) return std::nullopt;
    return stored;
}

std::optional<EventEnvelope> event_of(const Record& record) {
    Attributes attributes(record);
    EventEnvelope event;
    event.position = {attributes.number("position")};
    event.stream = {attributes.text("category"), attributes.text("subject")};
    event.version = {attributes.number("streamversion")};
    event.type = attributes.name(type_prefix(event.stream.category));
    event.data = record.value;
    event.time = attributes.time("time");
    event.command_id = attributes.text("commandid");
    event.command_position = {attributes.number("commandposition")};
    event.ordinal = attributes.number<std::int32_t>("ordinal");
    event.last = attributes.text("last") == "true";
    event.issuer = attributes.issuer();
    event.correlation_id = attributes.text("correlationid");
    event.trace_parent = attributes.optional_text("traceparent");
    if (!attributes.complete()) return std::nullopt;
    return event;
}

}  // namespace domain
