#include "domain/kernel/archive.hpp"

#include <algorithm>
#include <cstdio>

namespace domain {

std::string file_name(const Segment& segment) {
    constexpr int digits = 12;
    const auto padded = [](std::int64_t number) {
        std::string text = std::to_string(number);
        if (text.size() < digits) text.insert(0, digits - text.size(), '0');
        return text;
    };
    return std::string(to_string(segment.kind)) + '-' + padded(segment.first.value) + '-' +
           padded(segment.last.value) + ".jsonl.zst";
}

Position end_of(const Manifest& manifest, SegmentKind kind) {
    Position end;
    for (const Segment& segment : manifest.segments)
        if (segment.kind == kind && segment.first.value == end.value + 1) end = segment.last;
    return end;
}

std::optional<std::string> fault_of(const Manifest& manifest) {
    std::array<Position, segment_kinds.size()> ends{};
    for (const Segment& segment : manifest.segments) {
        Position& end = ends[static_cast<std::size_t>(segment.kind)];
        if (segment.first.value != end.value + 1 || segment.last < segment.first ||
            segment.rows() > segment_rows_max)
            return file_name(segment) + " does not follow on position " +
                   std::to_string(end.value) + " of its kind: a segment is missing or doubled";
        end = segment.last;
    }
    const auto compare = [&](SegmentKind kind, Position cut) -> std::optional<std::string> {
        const Position end = ends[static_cast<std::size_t>(kind)];
        if (end == cut || (end < cut && !manifest.complete)) return std::nullopt;
        return "its " + std::string(to_string(kind)) + " end at " + std::to_string(end.value) +
               ", and the cut is at " + std::to_string(cut.value);
    };
    if (auto fault = compare(SegmentKind::commands, manifest.commands)) return fault;
    return compare(SegmentKind::events, manifest.events);
}

}  // namespace domain
