#include "services/operations/import.hpp"

#include "domain/kernel/error.hpp"
#include "services/operations/beside_lines.hpp"

#include <algorithm>
#include <utility>

namespace services::operations {
namespace {

using domain::Manifest;
using domain::SegmentKind;

constexpr std::size_t fold_page_max = 2'000;

struct SegmentRows {
    std::vector<domain::ArchivedCommand> commands{};
    std::vector<domain::EventEnvelope> events{};
    std::vector<domain::BesideRow> beside{};
};

[[noreturn]] void refuse_line(const domain::Segment& segment, std::int64_t number) {
    throw domain::SetupError(
        "line " + std::to_string(number) + " of " + domain::file_name(segment) +
        " is not what it has to be: nothing of this segment was taken; export it anew"
    );
}

/// Adds the row of a line at this position; false if it is none.
bool add_row(SegmentRows& rows, SegmentKind kind, domain::Position at, std::string_view line) {
    switch (kind) {
        case SegmentKind::commands: {
            auto command = domain::archived_command(line);
            if (!command || command->stored.position != at) return false;
            rows.commands.push_back(std::move(*command));
            return true;
        }
        case SegmentKind::events: {
            auto event = domain::archived_event(line);
            if (!event || event->position != at) return false;
            rows.events.push_back(std::move(*event));
            return true;
        }
        default: {
            auto row = archived_beside(line);
            if (row) rows.beside.push_back(std::move(*row));
            return row.has_value();
        }
    }
}

/// Each event is of a command that is there, too.
bool within(const SegmentRows& rows, domain::Position commands) {
    return rows.events.empty() || rows.events.back().command_position <= commands;
}

SegmentRows
rows_of(domain::Archive& archive, const domain::Segment& segment, domain::Position commands) {
    const std::string lines = archive.read(segment);
    SegmentRows rows;
    domain::Position at = segment.first;
    for (std::size_t begin = 0; begin < lines.size(); ++at.value) {
        const auto end = std::min(lines.find('\n', begin), lines.size());
        const std::string_view line = std::string_view(lines).substr(begin, end - begin);
        const bool fits = at <= segment.last && line.size() <= domain::archive_line_bytes_max &&
                          add_row(rows, segment.kind, at, line) && within(rows, commands);
        if (!fits) refuse_line(segment, at.value - segment.first.value + 1);
        begin = end + 1;
    }
    if (at.value != segment.last.value + 1)
        refuse_line(segment, at.value - segment.first.value + 1);
    return rows;
}

Manifest complete_manifest(domain::Archive& archive) {
    auto manifest = archive.manifest();
    if (!manifest) throw domain::SetupError("there is no archive: manifest.json is missing");
    if (const auto fault = domain::fault_of(*manifest)) throw domain::SetupError(*fault);
    if (!manifest->complete)
        throw domain::SetupError(
            "the archive is not complete: the command that exported it goes on "
            "where it was stopped"
        );
    return std::move(*manifest);
}

/// Of these very rows.
std::string source_of(const Manifest& manifest) {
    std::string source = "archive of " + std::to_string(manifest.commands.value) +
                         " commands and " + std::to_string(manifest.events.value) + " events";
    for (const auto& segment : manifest.segments)
        if (&segment == &manifest.segments.front() || &segment == &manifest.segments.back())
            source += ", " + segment.sha256;
    return source;
}

}  // namespace

std::size_t ImportedStreams::step(std::size_t most) {
    if (!std::exchange(begun_, true)) {
        faults_ = 0;
        categories_ = parts_.histories.categories();
        std::ranges::reverse(categories_);
        at_ = {};
    }
    while (!categories_.empty()) {
        if (at_.category != categories_.back()) {
            at_ = {categories_.back(), ""};
            version_ = {};
        }
        const auto page =
            parts_.histories.read(at_, version_, std::clamp<std::size_t>(most, 1, fold_page_max));
        if (page.empty()) {
            categories_.pop_back();
            continue;
        }
        try {
            look_at(page);
        } catch (const domain::WorldError&) {
            begun_ = false;  // whoever folds has lost the state of the stream that it was at
            throw;
        }
        at_ = page.back().stream;
        version_ = page.back().version;
        return page.size();
    }
    return 0;
}

void ImportedStreams::look_at(std::span<const domain::EventEnvelope> page) {
    if (!domain::find_aggregate(parts_.aggregates, at_.category)) {
        if (version_.value == 0) {
            ++faults_;
            parts_.told.fault(
                {.stream = {at_.category, ""},
                 .version = {},
                 .reason = "this build has no such aggregate"}
            );
        }
        return;
    }
    std::vector<domain::StreamKeys> keys;
    parts_.checker.check(
        page,
        {},
        {.fault =
             [&](const domain::HistoryFault& fault) {
                 ++faults_;
                 parts_.told.fault(fault);
             },
         .keys = [&](const domain::StreamKeys& told) { keys.push_back(told); }}
    );
    if (keys.empty()) return;
    for (const auto& taken : parts_.store.reserve(keys)) {
        ++faults_;
        parts_.told.taken(taken);
    }
}

Manifest Import::check(domain::Archive& archive) {
    Manifest manifest = complete_manifest(archive);
    for (const auto& segment : manifest.segments) rows_of(archive, segment, manifest.commands);
    return manifest;
}

bool Import::step(std::size_t most) {
    if (ended_) return false;
    if (!begun_) {
        begin();
        return !ended_;
    }
    try {
        if (!left_.empty()) {
            add(left_.back());
            done_ += left_.back().kind == SegmentKind::beside ? 0 : left_.back().rows();
            left_.pop_back();
            return true;
        }
        if (const auto folded = streams_.step(most)) {
            done_ = std::min(done_ + static_cast<std::int64_t>(folded), before_ + advance().total);
            return true;
        }
        finishing_ = true;
        parts_.store.finish(
            {manifest_.incarnation,
             manifest_.partitions,
             {manifest_.commands, manifest_.events, domain::end_of(manifest_, SegmentKind::beside)}}
        );
        done_ = before_ + advance().total;
        ended_ = true;
        return false;
    } catch (const domain::WorldError&) {
        begun_ = finishing_;  // else what was done is asked of the store
        throw;
    }
}

void Import::begin() {
    manifest_ = complete_manifest(archive_);
    const auto place = parts_.store.begin(source_of(manifest_));
    left_.clear();
    ended_ = place.finished;
    if (ended_) return;
    for (const auto kind : {SegmentKind::beside, SegmentKind::events, SegmentKind::commands}) {
        const auto done = kind == SegmentKind::commands ? place.commands
                          : kind == SegmentKind::events ? place.events
                                                        : place.beside;
        for (auto segment = manifest_.segments.rbegin(); segment != manifest_.segments.rend();
             ++segment)
            if (segment->kind == kind && segment->last > done) left_.push_back(*segment);
    }
    done_ = place.commands.value + place.events.value;
    if (!std::exchange(begun_, true) && before_ == 0) before_ = done_;
}

void Import::add(const domain::Segment& segment) {
    const SegmentRows rows = rows_of(archive_, segment, manifest_.commands);
    if (!rows.commands.empty()) parts_.store.add(rows.commands);
    if (!rows.events.empty()) parts_.store.add(rows.events);
    if (!rows.beside.empty()) parts_.store.add(rows.beside);
}

Advance Import::advance() const {
    const auto total = manifest_.commands.value + 2 * manifest_.events.value;
    return {done_ - before_, total - before_};
}

}  // namespace services::operations
