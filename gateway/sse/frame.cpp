#include "gateway/sse/frame.hpp"

#include "domain/kernel/json_document.hpp"

#include <algorithm>

namespace gateway::sse {
namespace {

/// CR, LF and CRLF each end a line of the stream; in JSON they can only be white space, which a
/// client gets back as LF.
void append_json(std::string& out, std::string_view json) {
    for (std::size_t i = 0; i < json.size(); ++i) {
        if (json[i] == '\r' && i + 1 < json.size() && json[i + 1] == '\n') ++i;
        if (json[i] == '\r' || json[i] == '\n') {
            out += "\ndata: ";
        } else {
            out += json[i];
        }
    }
}

/// One JSON object, written member by member.
class JsonWriter {
  public:
    explicit JsonWriter(std::string& out) : out_(out) { out_ += '{'; }

    void text(std::string_view name, std::string_view value) {
        begin(name);
        append_string(value);
    }

    /// `value` is JSON.
    void json(std::string_view name, std::string_view value) {
        begin(name);
        out_ += value;
    }
    /// And is to stand in a `data:` line.
    void json_line(std::string_view name, std::string_view value) {
        begin(name);
        append_json(out_, value);
    }

    void end() { out_ += '}'; }

  private:
    void begin(std::string_view name) {
        if (out_.back() != '{') out_ += ',';
        append_string(name);
        out_ += ':';
    }

    void append_string(std::string_view text) {
        constexpr std::string_view hex = "0123456789abcdef";
        out_ += '"';
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte < 0x20) {
                out_ += {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
            } else {
                if (c == '"' || c == '\\') out_ += '\\';
                out_ += c;
            }
        }
        out_ += '"';
    }

    std::string& out_;
};

bool is_json(std::string_view text) { return !domain::JsonDocument(text).fault(); }

SharedBytes shared(std::string bytes) {
    return std::make_shared<const std::string>(std::move(bytes));
}

/// The end of an event: its id, if it has one, as the last line before the blank one.
SharedBytes finish(std::string bytes, const std::string& id) {
    bytes += "\n";
    if (!id.empty()) bytes += "id: " + id + "\n";
    bytes += "\n";
    return shared(std::move(bytes));
}

bool is_id(std::string_view text) {
    constexpr std::size_t length_max = 64;
    return text.size() <= length_max && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

/// What of an event anybody may know who may see it.
void add_event(JsonWriter& json, const domain::EventEnvelope& event) {
    json.text("specversion", "1.0");
    json.text("id", domain::event_id(event));
    json.text("type", domain::event_type(event));
    json.text("source", domain::event_source(event));
    json.text("subject", event.stream.entity);
    json.text("time", domain::to_string(event.time));
    json.text("datacontenttype", "application/json");
    json.json("streamversion", std::to_string(event.version.value));
}

}  // namespace

Frame event_frame(const domain::EventEnvelope& event, std::int64_t incarnation) {
    std::string bytes = "data: ";
    bytes.reserve(512 + event.data.size());
    JsonWriter json(bytes);
    add_event(json, event);
    json.text("commandid", event.command_id);
    json.text("correlationid", event.correlation_id);
    json.text("causationid", event.command_id);
    json.json("last", event.last ? "true" : "false");
    json.json_line("data", event.data);
    json.end();
    const domain::Cursor cursor{incarnation, event.position};
    return {event.position.value, finish(std::move(bytes), domain::to_string(cursor))};
}

std::string followed_event(const domain::EventEnvelope& event) {
    std::string text;
    text.reserve(512 + event.data.size());
    JsonWriter json(text);
    add_event(json, event);
    json.json("data", event.data);
    json.end();
    return text;
}

Frame followed_frame(const domain::EventEnvelope& event, std::int64_t incarnation) {
    std::string bytes = "event: " + domain::event_type(event) + "\ndata: ";
    bytes.reserve(512 + event.data.size());
    append_json(bytes, followed_event(event));
    const std::int64_t version = event.version.value;
    return {version, finish(std::move(bytes), version_id(incarnation, version))};
}

Frame snapshot_frame(
    const domain::Payload& aggregate,
    domain::StreamVersion version,
    std::int64_t incarnation
) {
    std::string bytes = "event: snapshot\ndata: ";
    append_json(bytes, aggregate);
    return {version.value, finish(std::move(bytes), version_id(incarnation, version.value))};
}

std::string version_id(std::int64_t incarnation, std::int64_t version) {
    return incarnation == 1 ? std::to_string(version)
                            : domain::to_string(domain::Cursor{incarnation, {version}});
}

std::optional<Frame> notification_frame(const domain::Record& record) {
    std::string bytes = "data: ";
    JsonWriter json(bytes);
    json.text("specversion", "1.0");
    for (const std::string name : {"id", "type", "source"}) {
        const auto value = domain::find_header(record, "ce_" + name);
        if (!value || value->empty()) return std::nullopt;
        json.text(name, *value);
    }
    for (const std::string name : {"subject", "time", "correlationid", "causationid"}) {
        const auto value = domain::find_header(record, "ce_" + name);
        if (value) json.text(name, *value);
    }
    // One header that is not UTF-8 would break the text of the whole stream.
    if (!is_json(bytes.substr(bytes.find('{')) + '}')) return std::nullopt;
    if (!record.value.empty()) {
        if (!is_json(record.value)) return std::nullopt;
        json.text("datacontenttype", "application/json");
        json.json_line("data", record.value);
    }
    json.end();
    return Frame{0, finish(std::move(bytes), "")};
}

SharedBytes ready_frame(const domain::Cursor& head) {
    const std::string cursor = domain::to_string(head);
    std::string bytes = "event: ready\ndata: ";
    JsonWriter json(bytes);
    json.text("cursor", cursor);
    json.end();
    return finish(std::move(bytes), cursor);
}

SharedBytes
reset_frame(std::string_view requested, std::string_view reason, const domain::Cursor& head) {
    const std::string cursor = domain::to_string(head);
    std::string bytes = "event: reset\ndata: ";
    JsonWriter json(bytes);
    if (is_id(requested)) {
        json.text("requested", requested);
    } else {
        json.json("requested", "null");
    }
    json.text("reason", reason);
    json.text("cursor", cursor);
    json.end();
    return finish(std::move(bytes), cursor);
}

SharedBytes notice_frame(std::string_view name, std::string_view message) {
    std::string bytes = "event: " + std::string(name) + "\ndata: ";
    JsonWriter json(bytes);
    json.text("message", message);
    json.end();
    return finish(std::move(bytes), "");
}

SharedBytes retry_frame(std::chrono::milliseconds delay) {
    return shared("retry: " + std::to_string(delay.count()) + "\n");
}

const SharedBytes& heartbeat_frame() {
    static const SharedBytes frame = shared(":\n");
    return frame;
}

}  // namespace gateway::sse
