#include "infra/process/frame_text.hpp"

namespace infra::process {
namespace {

enum class What : std::uint8_t { events, rejection, failure };

}  // namespace

std::string
batch_frame(std::span<const domain::StoredCommand> batch, const domain::KeyHolders& held) {
    FrameWriter writer(FrameKind::batch);
    writer.add_all(batch, [&](const domain::StoredCommand& stored) {
        const domain::CommandEnvelope& command = stored.command;
        writer.add(stored.position.value);
        writer.add(command.stream);
        writer.add(std::string_view(command.name));
        writer.add(std::string_view(command.data));
        writer.add(static_cast<std::uint8_t>(command.expected_version.has_value()));
        writer.add(command.expected_version.value_or(domain::StreamVersion{}).value);
        writer.add(std::string_view(command.id));
        writer.add(std::string_view(command.correlation_id));
        writer.add(command.issuer);
        writer.add(std::int64_t{command.time.time_since_epoch().count()});
    });
    writer.add_all(held.all(), [&](const auto& holding) {
        const auto& [key, entity] = holding;
        for (const std::string* text : {&key.category, &key.scope, &key.key, &entity})
            writer.add(std::string_view(*text));
    });
    return std::move(writer).take();
}

BatchRequest batch_request_of(std::string_view body) {
    BodyReader reader(body);
    BatchRequest request;
    request.batch = reader.all<domain::StoredCommand>([&] {
        domain::StoredCommand stored;
        domain::CommandEnvelope& command = stored.command;
        stored.position = {reader.number<std::int64_t>()};
        command.stream = reader.stream();
        command.name = reader.text();
        command.data = reader.text();
        const bool expects = reader.number<std::uint8_t>() != 0;
        const domain::StreamVersion version{reader.number<std::int64_t>()};
        if (expects) command.expected_version = version;
        command.id = reader.text();
        command.correlation_id = reader.text();
        command.issuer = reader.user();
        command.time = time_of(reader);
        return stored;
    });
    for (auto left = reader.number<std::uint32_t>(); left > 0; --left) {
        domain::ReservedKey key;
        for (std::string* text : {&key.category, &key.scope, &key.key}) *text = reader.text();
        request.held.set(std::move(key), reader.text());
    }
    return request;
}

std::string page_frame(std::span<const domain::EventEnvelope> events, bool last) {
    FrameWriter writer(last ? FrameKind::last_page : FrameKind::page);
    writer.add_all(events, [&](const domain::EventEnvelope& event) { writer.add(event); });
    return std::move(writer).take();
}

std::vector<domain::EventEnvelope> page_of(std::string_view body) {
    BodyReader reader(body);
    return events_of(reader);
}

std::string undo_frame() { return FrameWriter(FrameKind::undo).take(); }

std::string forget_frame(const Forgotten& gone) {
    FrameWriter writer(FrameKind::forget);
    writer.add(gone.of);
    writer.add_all(gone.partitions, [&](const domain::CommandPartition& partition) {
        writer.add(std::string_view(partition.category));
        writer.add(partition.partition);
    });
    return std::move(writer).take();
}

Forgotten forgotten_of(std::string_view body) {
    BodyReader reader(body);
    Forgotten gone;
    gone.of = reader.number<std::int32_t>();
    gone.partitions = reader.all<domain::CommandPartition>([&] {
        std::string category = reader.text();
        return domain::CommandPartition{std::move(category), reader.number<std::int32_t>()};
    });
    return gone;
}

std::string wanted_frame(const domain::Wanted& wanted) {
    FrameWriter writer(FrameKind::wanted);
    writer.add_all(wanted.streams, [&](const domain::StreamId& stream) { writer.add(stream); });
    return std::move(writer).take();
}

domain::Wanted wanted_of(std::string_view body) {
    BodyReader reader(body);
    return {reader.all<domain::StreamId>([&] { return reader.stream(); })};
}

std::string
verdicts_frame(const domain::Verdicts& verdicts, std::span<const domain::TakenSnapshot> snapshots) {
    FrameWriter writer(FrameKind::verdicts);
    const auto add_events = [&](const std::vector<domain::NewEvent>& events) {
        writer.add(static_cast<std::uint8_t>(What::events));
        writer.add_all(events, [&](const domain::NewEvent& event) {
            writer.add(std::string_view(event.type));
            writer.add(std::string_view(event.data));
            writer.add_all(event.hears, [&](const std::string& user) {
                writer.add(std::string_view(user));
            });
            writer.add(std::span<const domain::KeyChange>(event.keys));
        });
    };
    const auto add_rejection = [&](const domain::Rejection& rejection) {
        writer.add(static_cast<std::uint8_t>(What::rejection));
        writer.add(std::string_view(rejection.code));
        writer.add(std::string_view(rejection.message));
        writer.add_all(rejection.errors, [&](const domain::FieldError& error) {
            writer.add(std::string_view(error.location));
            writer.add(std::string_view(error.code));
            writer.add(std::string_view(error.message));
        });
    };
    writer.add_all(verdicts, [&](const domain::Verdict& verdict) {
        writer.add(verdict.before.value);
        if (const auto* events = std::get_if<std::vector<domain::NewEvent>>(&verdict.what)) {
            add_events(*events);
        } else if (const auto* rejection = std::get_if<domain::Rejection>(&verdict.what)) {
            add_rejection(*rejection);
        } else {
            const auto& failure = std::get<domain::Failure>(verdict.what);
            writer.add(static_cast<std::uint8_t>(What::failure));
            writer.add(std::string_view(failure.code));
            writer.add(std::string_view(failure.reason));
        }
    });
    writer.add(snapshots);
    return std::move(writer).take();
}

Decided decided_of(std::string_view body) {
    BodyReader reader(body);
    Decided decided;
    decided.verdicts = reader.all<domain::Verdict>([&] {
        domain::Verdict verdict;
        verdict.before = {reader.number<std::int64_t>()};
        const auto what = static_cast<What>(reader.number<std::uint8_t>());
        if (what == What::events) {
            verdict.what = reader.all<domain::NewEvent>([&] {
                domain::NewEvent event;
                event.type = reader.text();
                event.data = reader.text();
                event.hears = reader.all<std::string>([&] { return reader.text(); });
                event.keys = key_changes_of(reader);
                return event;
            });
            return verdict;
        }
        std::string code = reader.text();
        std::string message = reader.text();
        if (what == What::failure) {
            verdict.what = domain::Failure{std::move(code), std::move(message)};
            return verdict;
        }
        domain::Rejection rejection{std::move(code), std::move(message)};
        rejection.errors = reader.all<domain::FieldError>([&] {
            domain::FieldError error;
            error.location = reader.text();
            error.code = reader.text();
            error.message = reader.text();
            return error;
        });
        verdict.what = std::move(rejection);
        return verdict;
    });
    decided.snapshots = taken_of(reader);
    return decided;
}

bool FrameReader::next(Frame& frame) {
    bytes_.erase(0, std::exchange(taken_, 0));
    std::uint32_t size = 0;
    if (bytes_.size() < head_bytes) return false;
    std::memcpy(&size, bytes_.data(), sizeof size);
    if (size > frame_max_bytes) throw std::runtime_error("a frame is too long");
    if (bytes_.size() < head_bytes + size) return false;
    frame.kind = static_cast<FrameKind>(bytes_[sizeof size]);
    frame.body = std::string_view(bytes_).substr(head_bytes, size);
    taken_ = head_bytes + size;
    return true;
}

}  // namespace infra::process
