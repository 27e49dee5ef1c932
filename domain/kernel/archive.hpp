#pragma once

#include "domain/kernel/cursor.hpp"
#include "domain/kernel/envelope.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Rows of the two logs outside of the store: lines of JSON, in segments, each of which can be read
/// by itself; and the manifest that says which there are. docs/EXPORT.md is the format for others.
namespace domain {

inline constexpr int archive_format = 1;

/// A segment ends with the row that reaches one of these.
inline constexpr std::int64_t segment_rows_max = 100'000;
inline constexpr std::size_t segment_bytes_max = std::size_t{64} << 20U;  ///< of its lines
/// No row is longer, as a line: what a command or an event may have, escaped.
inline constexpr std::size_t archive_line_bytes_max = std::size_t{32} << 20U;

/// What the rows of a segment are. `beside` is what stands beside the logs and cannot be found in
/// them.
enum class SegmentKind { commands, events, beside };
inline constexpr std::array<std::string_view, 3> segment_kinds{"commands", "events", "beside"};
constexpr std::string_view to_string(SegmentKind kind) {
    return segment_kinds[static_cast<std::size_t>(kind)];
}

/// The rows of a kind from one position to another, both inclusive, none left out. Those of
/// `beside` have numbers from 1.
struct Segment {
    SegmentKind kind{};
    Position first;
    Position last;
    std::string last_id{};   ///< of the command or event at `last`
    std::int64_t bytes = 0;  ///< of the file,
    std::string sha256{};    ///< and its digest, in hexadecimal digits
    std::int64_t rows() const { return last.value - first.value + 1; }
    friend bool operator==(const Segment&, const Segment&) = default;
};

/// "events-000000000001-000000100000.jsonl.zst": no other characters, whoever made the segment.
std::string file_name(const Segment& segment);

/// What there is. Both logs from their beginnings up to a cut: every event is of a command that is
/// there, too.
struct Manifest {
    int format = archive_format;
    std::int64_t incarnation = 1;  ///< of the logs
    std::int32_t partitions = 0;   ///< over which keys were spread; 0: no process had run
    Position commands;             ///< the cut,
    Position events;               ///< inclusive
    bool complete = false;         ///< all up to the cut is there
    std::vector<Segment> segments;
    friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// Up to where segments of this kind follow one another from 1 on.
Position end_of(const Manifest& manifest, SegmentKind kind);

/// Why it can be no manifest of ours: a segment that is missing, doubled, or beyond the cut.
std::optional<std::string> fault_of(const Manifest& manifest);

/// A command of the log with all that the store keeps of it.
struct ArchivedCommand {
    StoredCommand stored;
    std::string fingerprint;
    Cursor cursor;  ///< the head of the event log before it
    friend bool operator==(const ArchivedCommand&, const ArchivedCommand&) = default;
};

/// Adds the row as a CloudEvent in JSON, and a line break. The data stands as it is stored, byte
/// for byte: as `data`, or, where it has line breaks, as `data_base64`.
void add_line(std::string& lines, const ArchivedCommand& command);
void add_line(std::string& lines, const EventEnvelope& event);

/// And back, without the line break; nothing if it is no such line.
std::optional<ArchivedCommand> archived_command(std::string_view line);
std::optional<EventEnvelope> archived_event(std::string_view line);

}  // namespace domain
