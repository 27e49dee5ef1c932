#include "domain/kernel/archive.hpp"
#include "domain/kernel/base64.hpp"
#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/json_document.hpp"
#include "domain/kernel/lines.hpp"
#include "domain/kernel/number.hpp"
#include "domain/kernel/outcome.hpp"

#include <charconv>

namespace domain {
namespace {

/// Writes the members of one object, flat, in their order; the data comes last.
class LineWriter {
  public:
    explicit LineWriter(std::string& lines) : lines_(lines) { lines_ += R"({"specversion":"1.0")"; }

    void text(std::string_view name, std::string_view value) {
        begin(name);
        lines_ += '"';
        escape(value);
        lines_ += '"';
    }
    void text_if_any(std::string_view name, std::string_view value) {
        if (!value.empty()) text(name, value);
    }
    void number(std::string_view name, std::int64_t value) {
        begin(name);
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        lines_.append(digits, end);
    }
    void truth(std::string_view name, bool value) {
        begin(name);
        lines_ += value ? "true" : "false";
    }
    void issuer(const Issuer& issuer) {
        text("user", issuer.subject);
        text_if_any("issuer", issuer.token_issuer);
        text("claims", issuer.claims);
    }
    /// JSON text; what has line breaks, or is none at all, would break the line.
    void end(std::string_view data) {
        text("datacontenttype", "application/json");
        const bool as_it_is = !data.empty() && data.find_first_of("\n\r") == data.npos;
        if (as_it_is) {
            begin("data");
            lines_ += data;
        } else {
            begin("data_base64");
            lines_ += '"';
            add_base64(lines_, data);
            lines_ += '"';
        }
        lines_ += "}\n";
    }

  private:
    void begin(std::string_view name) {
        lines_ += ",\"";
        lines_ += name;
        lines_ += "\":";
    }
    void escape(std::string_view value) {
        std::size_t plain = 0;
        for (std::size_t i = 0; i < value.size(); ++i) {
            const auto c = static_cast<unsigned char>(value[i]);
            if (c >= 0x20 && c != '"' && c != '\\') continue;
            lines_.append(value, plain, i - plain);
            plain = i + 1;
            if (c == '"' || c == '\\') {
                lines_ += '\\';
                lines_ += value[i];
            } else {
                constexpr std::string_view digits = "0123456789abcdef";
                lines_ += "\\u00";
                lines_ += digits[c >> 4U];
                lines_ += digits[c & 0xfU];
            }
        }
        lines_.append(value, plain);
    }

    std::string& lines_;
};

/// Where the data begins. In front of it all is flat, and a quote within a text is escaped, so this
/// can stand nowhere else.
constexpr std::string_view before_data = R"(,"data":)";

std::string_view head_of(std::string_view line) {
    return line.substr(0, std::min(line.find(before_data), line.size()));
}

/// Reads members in the order in which they are written, and remembers whether all were there.
class LineReader {
  public:
    explicit LineReader(std::string_view line) : head_(head_of(line)) {
        if (head_.size() != line.size()) {
            data_ = line.substr(head_.size() + before_data.size());
            complete_ = data_.ends_with('}');
            if (complete_) data_.remove_suffix(1);
            head_ += '}';
        }
        document_.emplace(head_, 1);
        complete_ =
            complete_ && !document_->fault() && document_->root().kind == JsonNode::Kind::object;
        if (complete_) next_ = document_->root().first();
        complete_ = complete_ && text("specversion") == "1.0";
    }

    bool complete() const { return complete_; }

    std::string text(std::string_view name) {
        const JsonNode* node = take(name, JsonNode::Kind::string);
        complete_ = complete_ && node != nullptr;
        return node != nullptr ? std::string(node->text) : std::string();
    }
    std::string text_if_any(std::string_view name) {
        const JsonNode* node = take(name, JsonNode::Kind::string);
        return node != nullptr ? std::string(node->text) : std::string();
    }
    template <class Number = std::int64_t>
    Number number(std::string_view name) {
        const auto value = number_if_any<Number>(name);
        complete_ = complete_ && value;
        return value.value_or(0);
    }
    template <class Number = std::int64_t>
    std::optional<Number> number_if_any(std::string_view name) {
        const JsonNode* node = take(name, JsonNode::Kind::number);
        return node != nullptr ? parse_number<Number>(node->text) : std::nullopt;
    }
    bool truth(std::string_view name) {
        if (take(name, JsonNode::Kind::yes) != nullptr) return true;
        complete_ = complete_ && take(name, JsonNode::Kind::no) != nullptr;
        return false;
    }
    Timestamp time(std::string_view name) {
        const auto value = parse_timestamp(text(name));
        complete_ = complete_ && value;
        return value.value_or(Timestamp{});
    }
    Issuer issuer() {
        Issuer issuer;
        issuer.subject = text("user");
        issuer.token_issuer = text_if_any("issuer");
        issuer.claims = text("claims");
        return issuer;
    }
    /// All that is left.
    Payload end() {
        complete_ = complete_ && text("datacontenttype") == "application/json";
        if (!data_.empty()) {
            const auto fault = JsonDocument(data_).fault();
            complete_ =
                complete_ && at_end() && !(fault && fault->kind == JsonFault::Kind::not_json);
            return Payload(data_);
        }
        auto data = parse_base64(text("data_base64"));
        complete_ = complete_ && data && at_end();
        return std::move(data).value_or(Payload{});
    }
    /// `type` without the category in front of it.
    std::string name(std::string_view category) {
        const std::string type = text("type");
        const auto dot = type.find('.');
        const std::string_view front = std::string_view(type).substr(0, dot);
        const bool fits = dot != type.npos && (front == category || category == outcome_category);
        complete_ = complete_ && fits;
        return fits ? type.substr(dot + 1) : std::string();
    }

  private:
    const JsonNode* take(std::string_view name, JsonNode::Kind kind) {
        if (next_ == nullptr || at_end() || next_->key != name || next_->kind != kind)
            return nullptr;
        const JsonNode* node = next_;
        next_ = next_->end();
        return node;
    }
    bool at_end() const { return next_ == document_->root().end(); }

    std::string head_;
    std::string_view data_;
    std::optional<JsonDocument> document_;
    const JsonNode* next_ = nullptr;
    bool complete_ = true;
};

}  // namespace

void add_line(std::string& lines, const ArchivedCommand& archived) {
    const auto& [position, command] = archived.stored;
    LineWriter line(lines);
    line.text("id", command.id);
    line.text("source", "/commands/" + command.id);
    line.text("category", command.stream.category);
    line.text("type", command.stream.category + '.' + command.name);
    line.text("subject", command.stream.entity);
    line.text("time", to_string(command.time));
    line.number("position", position.value);
    line.text("fingerprint", archived.fingerprint);
    if (command.expected_version) line.number("expectedversion", command.expected_version->value);
    line.number("cursorincarnation", archived.cursor.incarnation);
    line.number("cursorposition", archived.cursor.position.value);
    line.issuer(command.issuer);
    line.text("correlationid", command.correlation_id);
    line.text_if_any("traceparent", command.trace_parent);
    line.text_if_any("causationid", command.causation_id);
    line.end(command.data);
}

void add_line(std::string& lines, const EventEnvelope& event) {
    LineWriter line(lines);
    line.text("id", event_id(event));
    line.text("source", event_source(event));
    line.text("category", event.stream.category);
    line.text("type", event_type(event));
    line.text("subject", event.stream.entity);
    line.text("time", to_string(event.time));
    line.number("position", event.position.value);
    line.number("streamversion", event.version.value);
    line.text("commandid", event.command_id);
    line.number("commandposition", event.command_position.value);
    line.number("ordinal", event.ordinal);
    line.truth("last", event.last);
    line.issuer(event.issuer);
    line.text("correlationid", event.correlation_id);
    line.text_if_any("traceparent", event.trace_parent);
    line.text_if_any("recipients", lines_of(event.hears));
    line.end(event.data);
}

std::optional<ArchivedCommand> archived_command(std::string_view text) {
    LineReader line(text);
    ArchivedCommand archived;
    CommandEnvelope& command = archived.stored.command;
    command.id = line.text("id");
    line.text("source");
    command.stream.category = line.text("category");
    command.name = line.name(command.stream.category);
    command.stream.entity = line.text("subject");
    command.time = line.time("time");
    archived.stored.position = {line.number("position")};
    archived.fingerprint = line.text("fingerprint");
    if (const auto expected = line.number_if_any("expectedversion"))
        command.expected_version = StreamVersion{*expected};
    archived.cursor.incarnation = line.number("cursorincarnation");
    archived.cursor.position = {line.number("cursorposition")};
    command.issuer = line.issuer();
    command.correlation_id = line.text("correlationid");
    command.trace_parent = line.text_if_any("traceparent");
    command.causation_id = line.text_if_any("causationid");
    command.data = line.end();
    if (!line.complete()) return std::nullopt;
    return archived;
}

std::optional<EventEnvelope> archived_event(std::string_view text) {
    LineReader line(text);
    EventEnvelope event;
    const std::string id = line.text("id");
    line.text("source");
    event.stream.category = line.text("category");
    event.type = line.name(event.stream.category);
    event.stream.entity = line.text("subject");
    event.time = line.time("time");
    event.position = {line.number("position")};
    event.version = {line.number("streamversion")};
    event.command_id = line.text("commandid");
    event.command_position = {line.number("commandposition")};
    event.ordinal = line.number<std::int32_t>("ordinal");
    event.last = line.truth("last");
    event.issuer = line.issuer();
    event.correlation_id = line.text("correlationid");
    event.trace_parent = line.text_if_any("traceparent");
    const std::string recipients = line.text_if_any("recipients");
    for (std::size_t at = 0; at < recipients.size();) {
        const auto end = std::min(recipients.find('\n', at), recipients.size());
        event.hears.push_back(recipients.substr(at, end - at));
        at = end + 1;
    }
    event.data = line.end();
    if (!line.complete() || id != event_id(event)) return std::nullopt;
    return event;
}

}  // namespace domain
