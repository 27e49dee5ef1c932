#include "infra/process/frame_text.hpp"

namespace infra::process {

std::string fold_frame(
    const domain::StreamId& stream,
    domain::StreamVersion after,
    std::span<const domain::EventEnvelope> events,
    bool last
) {
    FrameWriter writer(FrameKind::fold);
    writer.add(stream);
    writer.add(after.value);
    writer.add(static_cast<std::uint8_t>(last));
    writer.add_all(events, [&](const domain::EventEnvelope& event) { writer.add(event); });
    return std::move(writer).take();
}

FoldRequest fold_request_of(std::string_view body) {
    BodyReader reader(body);
    FoldRequest request;
    request.stream = reader.stream();
    request.after = {reader.number<std::int64_t>()};
    request.last = reader.number<std::uint8_t>() != 0;
    request.events = events_of(reader);
    return request;
}

std::string
folded_frame(const domain::FoldAnswer& answer, std::span<const domain::TakenSnapshot> snapshots) {
    FrameWriter writer(FrameKind::folded);
    writer.add(static_cast<std::uint8_t>(answer.index()));
    if (const auto* json = std::get_if<domain::Payload>(&answer)) {
        writer.add(std::string_view(*json));
    } else if (const auto* unreadable = std::get_if<domain::Unreadable>(&answer)) {
        writer.add(std::string_view(unreadable->reason));
    }
    writer.add(snapshots);
    return std::move(writer).take();
}

Folded folded_of(std::string_view body) {
    BodyReader reader(body);
    Folded folded;
    switch (reader.number<std::uint8_t>()) {
        case 0:
            folded.answer = reader.text();
            break;
        case 1:
            folded.answer = domain::Lacking{};
            break;
        default:
            folded.answer = domain::Unreadable{reader.text()};
    }
    folded.snapshots = taken_of(reader);
    return folded;
}

std::string restore_frame(FrameKind kind, std::span<const domain::Snapshot> snapshots) {
    FrameWriter writer(kind);
    writer.add(snapshots);
    return std::move(writer).take();
}

std::vector<domain::Snapshot> snapshots_of(std::string_view body) {
    BodyReader reader(body);
    return snapshots_of(reader);
}

std::string restored_frame(bool restored) {
    FrameWriter writer(FrameKind::restored);
    writer.add(static_cast<std::uint8_t>(restored));
    return std::move(writer).take();
}

bool restored_of(std::string_view body) { return BodyReader(body).number<std::uint8_t>() == 1; }

std::string may_read_frame(const domain::StreamId& stream, const domain::Asked& asked) {
    FrameWriter writer(FrameKind::may_read);
    writer.add(stream);
    writer.add(asked.version.value);
    writer.add(asked.user);
    writer.add(std::int64_t{asked.time.time_since_epoch().count()});
    writer.add(std::string_view(asked.claim_names.roles));
    writer.add(std::string_view(asked.claim_names.scope));
    return std::move(writer).take();
}

ReadRequest read_request_of(std::string_view body) {
    BodyReader reader(body);
    ReadRequest request;
    request.stream = reader.stream();
    request.asked.entity = request.stream.entity;
    request.asked.version = {reader.number<std::int64_t>()};
    request.asked.user = reader.user();
    request.asked.time = time_of(reader);
    request.asked.claim_names.roles = reader.text();
    request.asked.claim_names.scope = reader.text();
    return request;
}

std::string readable_frame(const domain::ReadAnswer& answer) {
    FrameWriter writer(FrameKind::readable);
    writer.add(static_cast<std::uint8_t>(answer.index()));
    if (const bool* may = std::get_if<bool>(&answer)) {
        writer.add(static_cast<std::uint8_t>(*may));
    } else if (const auto* unreadable = std::get_if<domain::Unreadable>(&answer)) {
        writer.add(std::string_view(unreadable->reason));
    }
    return std::move(writer).take();
}

domain::ReadAnswer read_answer_of(std::string_view body) {
    BodyReader reader(body);
    switch (reader.number<std::uint8_t>()) {
        case 0:
            return reader.number<std::uint8_t>() == 1;
        case 1:
            return domain::Lacking{};
        default:
            return domain::Unreadable{reader.text()};
    }
}

std::string
check_frame(std::span<const domain::EventEnvelope> events, std::span<const domain::Snapshot> kept) {
    FrameWriter writer(FrameKind::check);
    writer.add_all(events, [&](const domain::EventEnvelope& event) { writer.add(event); });
    writer.add(kept);
    return std::move(writer).take();
}

CheckRequest check_request_of(std::string_view body) {
    BodyReader reader(body);
    CheckRequest request;
    request.events = events_of(reader);
    request.kept = snapshots_of(reader);
    return request;
}

std::string fault_frame(const domain::HistoryFault& fault) {
    FrameWriter writer(FrameKind::fault);
    writer.add(fault.stream);
    writer.add(fault.version.value);
    writer.add(std::string_view(fault.reason));
    writer.add(static_cast<std::uint8_t>(fault.of_snapshot));
    return std::move(writer).take();
}

domain::HistoryFault fault_of(std::string_view body) {
    BodyReader reader(body);
    domain::HistoryFault fault;
    fault.stream = reader.stream();
    fault.version = {reader.number<std::int64_t>()};
    fault.reason = reader.text();
    fault.of_snapshot = reader.number<std::uint8_t>() != 0;
    return fault;
}

std::string keys_frame(const domain::StreamKeys& own) {
    FrameWriter writer(FrameKind::keys);
    writer.add(own.stream);
    writer.add(own.version.value);
    writer.add(std::span<const domain::KeyChange>(own.keys));
    return std::move(writer).take();
}

domain::StreamKeys keys_of(std::string_view body) {
    BodyReader reader(body);
    domain::StreamKeys own;
    own.stream = reader.stream();
    own.version = {reader.number<std::int64_t>()};
    own.keys = key_changes_of(reader);
    return own;
}

std::string checked_frame() { return FrameWriter(FrameKind::checked).take(); }

}  // namespace infra::process
