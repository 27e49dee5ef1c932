#pragma once

// The bytes of frames, for frames.cpp and fold_frames.cpp.

#include "infra/process/frames.hpp"

#include <cstring>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace infra::process {

inline constexpr std::uint32_t frame_max_bytes = 1U << 30;
inline constexpr std::size_t head_bytes = sizeof(std::uint32_t) + 1;

/// Writes one frame.
class FrameWriter {
  public:
    explicit FrameWriter(FrameKind kind) : text_(head_bytes, '\0') {
        text_[sizeof(std::uint32_t)] = static_cast<char>(kind);
    }

    template <class Number>
    requires std::is_arithmetic_v<Number>
    void add(Number number) {
        char bytes[sizeof number];
        std::memcpy(bytes, &number, sizeof number);
        text_.append(bytes, sizeof number);
    }
    void add(std::string_view text) {
        add(static_cast<std::uint32_t>(text.size()));
        text_ += text;
    }
    void add(const domain::StreamId& stream) {
        add(std::string_view(stream.category));
        add(std::string_view(stream.entity));
    }
    void add(const domain::EventEnvelope& event) {
        add(event.stream);
        add(event.version.value);
        add(std::string_view(event.type));
        add(std::string_view(event.data));
        add(std::int64_t{event.time.time_since_epoch().count()});
        add(std::string_view(event.issuer.subject));
        add(std::string_view(event.issuer.token_issuer));
    }
    void add(const domain::Issuer& user) {
        add(std::string_view(user.subject));
        add(std::string_view(user.claims));
        add(std::string_view(user.token_issuer));
    }
    void add(std::span<const domain::TakenSnapshot> snapshots) {
        add_all(snapshots, [&](const domain::TakenSnapshot& taken) {
            add(taken.stream);
            add(taken.version.value);
            add(std::string_view(taken.state));
            add(std::string_view(taken.failure));
        });
    }
    void add(std::span<const domain::Snapshot> snapshots) {
        add_all(snapshots, [&](const domain::Snapshot& snapshot) {
            add(snapshot.stream);
            add(snapshot.version.value);
            add(std::string_view(snapshot.state));
        });
    }
    void add(std::span<const domain::KeyChange> changes) {
        add_all(changes, [&](const domain::KeyChange& change) {
            add(static_cast<std::uint8_t>(change.what));
            add(std::string_view(change.scope));
            add(std::string_view(change.key));
        });
    }
    template <class Range, class Add>
    void add_all(const Range& range, Add each) {
        add(static_cast<std::uint32_t>(range.size()));
        for (const auto& value : range) each(value);
    }

    std::string take() && {
        const auto size = static_cast<std::uint32_t>(text_.size() - head_bytes);
        if (text_.size() > frame_max_bytes) throw std::runtime_error("too much for one frame");
        std::memcpy(text_.data(), &size, sizeof size);
        return std::move(text_);
    }

  private:
    std::string text_;
};

/// Reads what follows a frame's kind; throws std::runtime_error where it ends too soon.
class BodyReader {
  public:
    explicit BodyReader(std::string_view text) : text_(text) {}

    template <class Number>
    Number number() {
        Number value{};
        const auto bytes = take(sizeof value);
        std::memcpy(&value, bytes.data(), sizeof value);
        return value;
    }
    std::string text() { return std::string(take(number<std::uint32_t>())); }
    domain::StreamId stream() {
        std::string category = text();
        return {std::move(category), text()};
    }
    domain::Issuer user() {
        domain::Issuer user;
        user.subject = text();
        user.claims = text();
        user.token_issuer = text();
        return user;
    }
    template <class Value, class Read>
    std::vector<Value> all(Read read) {
        const auto count = number<std::uint32_t>();
        if (count > text_.size()) throw std::runtime_error("a frame ends too soon");
        std::vector<Value> values;
        values.reserve(count);
        for (std::uint32_t i = 0; i < count; ++i) values.push_back(read());
        return values;
    }

  private:
    std::string_view take(std::size_t bytes) {
        if (bytes > text_.size()) throw std::runtime_error("a frame ends too soon");
        const auto taken = text_.substr(0, bytes);
        text_.remove_prefix(bytes);
        return taken;
    }

    std::string_view text_;
};

inline domain::Timestamp time_of(BodyReader& reader) {
    return domain::Timestamp(std::chrono::microseconds(reader.number<std::int64_t>()));
}

inline std::vector<domain::EventEnvelope> events_of(BodyReader& reader) {
    return reader.all<domain::EventEnvelope>([&] {
        domain::EventEnvelope event;
        event.stream = reader.stream();
        event.version = {reader.number<std::int64_t>()};
        event.type = reader.text();
        event.data = reader.text();
        event.time = time_of(reader);
        event.issuer.subject = reader.text();
        event.issuer.token_issuer = reader.text();
        return event;
    });
}

inline std::vector<domain::Snapshot> snapshots_of(BodyReader& reader) {
    return reader.all<domain::Snapshot>([&] {
        domain::Snapshot snapshot;
        snapshot.stream = reader.stream();
        snapshot.version = {reader.number<std::int64_t>()};
        snapshot.state = reader.text();
        return snapshot;
    });
}

inline std::vector<domain::KeyChange> key_changes_of(BodyReader& reader) {
    return reader.all<domain::KeyChange>([&] {
        domain::KeyChange change;
        change.what = domain::KeyChange::What(reader.number<std::uint8_t>() != 0);
        change.scope = reader.text();
        change.key = reader.text();
        return change;
    });
}

inline std::vector<domain::TakenSnapshot> taken_of(BodyReader& reader) {
    return reader.all<domain::TakenSnapshot>([&] {
        domain::TakenSnapshot taken;
        taken.stream = reader.stream();
        taken.version = {reader.number<std::int64_t>()};
        taken.state = reader.text();
        taken.failure = reader.text();
        return taken;
    });
}

}  // namespace infra::process
