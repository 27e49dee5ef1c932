#include "services/operations/export.hpp"

#include "domain/kernel/error.hpp"
#include "services/operations/beside_lines.hpp"

#include <algorithm>
#include <utility>

namespace services::operations {
namespace {

using domain::Manifest;
using domain::Position;
using domain::SegmentKind;

constexpr std::size_t letters_max = 1'000;  ///< of one read

const std::string& id_of(const domain::ArchivedCommand& command) {
    return command.stored.command.id;
}
std::string id_of(const domain::EventEnvelope& event) { return domain::event_id(event); }

Position position_of(const domain::ArchivedCommand& command) { return command.stored.position; }
Position position_of(const domain::EventEnvelope& event) { return event.position; }

/// Those of the commands are read last: an event that is seen is of a command that is there.
void take_cut(domain::StoreExport& store, Manifest& manifest) {
    const auto events = store.end(domain::Log::events);
    const auto commands = store.end(domain::Log::commands);
    if (events.floor.value > 0 || commands.floor.value > 0)
        throw domain::SetupError(
            "a part of the logs was archived: export what is left of them "
            "together with that, which this build cannot"
        );
    manifest.incarnation = events.incarnation;
    manifest.partitions = commands.partitions;
    manifest.events = events.head;
    manifest.commands = commands.head;
    manifest.complete = false;
    std::erase_if(manifest.segments, [](const auto& each) {
        return each.kind == SegmentKind::beside;
    });
}

/// Is that row in the store as it was written?
void check_origin(domain::StoreExport& store, const Manifest& manifest) {
    if (const auto fault = domain::fault_of(manifest)) throw domain::SetupError(*fault);
    const auto refuse = [] {
        throw domain::SetupError(
            "the archive there is of another store, or of another life of this "
            "one: name another folder"
        );
    };
    if (store.end(domain::Log::events).incarnation != manifest.incarnation) refuse();
    const auto compare = [&](const domain::Segment& last, const auto& rows) {
        if (rows.size() != 1 || id_of(rows.front()) != last.last_id) refuse();
    };
    for (const auto kind : {SegmentKind::commands, SegmentKind::events}) {
        const Position end = domain::end_of(manifest, kind), before{end.value - 1};
        for (const auto& segment : manifest.segments) {
            if (segment.kind != kind || segment.last != end) continue;
            if (kind == SegmentKind::commands) {
                compare(segment, store.commands(before, end));
            } else {
                compare(segment, store.events(before, end));
            }
        }
    }
}

Manifest continued(domain::StoreExport& store, domain::Archive& archive) {
    auto there = archive.manifest();
    if (there) check_origin(store, *there);
    Manifest manifest = there ? std::move(*there) : Manifest();
    if (!there) manifest.complete = true;  // up to a cut before the first row
    if (manifest.complete) take_cut(store, manifest);
    return manifest;
}

std::int64_t rows_in(const Manifest& manifest) {
    return domain::end_of(manifest, SegmentKind::commands).value +
           domain::end_of(manifest, SegmentKind::events).value;
}

}  // namespace

Manifest Export::plan(domain::StoreExport& store, domain::Archive& archive) {
    return continued(store, archive);
}

bool Export::step(std::size_t most) {
    if (ended_) return false;
    if (!begun_) {
        begin();
        return true;
    }
    if (add_rows(SegmentKind::commands, most) || add_rows(SegmentKind::events, most)) return true;
    settle();
    check_origin(store_, manifest_);  // a backup may have taken its place meanwhile
    add_beside();
    settle();
    manifest_.complete = true;
    archive_.keep(manifest_);
    ended_ = true;
    return false;
}

void Export::begin() {
    manifest_ = continued(store_, archive_);
    archive_.keep(manifest_);
    before_ = rows_in(manifest_);
    draft_ = {};
    begun_ = true;
}

Position Export::cut_of(SegmentKind kind) const {
    return kind == SegmentKind::commands ? manifest_.commands : manifest_.events;
}

/// False when all rows of this kind are in segments, of which the last may be under way.
bool Export::add_rows(SegmentKind kind, std::size_t most) {
    if (kind_ != kind || draft_.first.value == 0) {
        if (static_cast<int>(kind) < static_cast<int>(kind_)) return false;
        kind_ = kind;
        const Position end = domain::end_of(manifest_, kind);
        draft_ = {.kind = kind, .first = {end.value + 1}, .last = end};
    }
    const Position cut = cut_of(kind);
    if (draft_.last >= cut) return false;
    const auto room = domain::segment_rows_max - draft_.rows();
    const auto count =
        std::min<std::int64_t>(static_cast<std::int64_t>(std::min(most, size_.next())), room);
    const Position up_to =
        std::min(cut, Position{draft_.last.value + std::max(count, std::int64_t{1})});
    if (kind == SegmentKind::commands) {
        add(kind, store_.commands(draft_.last, up_to));
    } else {
        add(kind, store_.events(draft_.last, up_to));
    }
    if (draft_.last == cut) close_draft(kind);
    return true;
}

template <class Rows>
void Export::add(SegmentKind kind, const Rows& rows) {
    if (rows.empty()) throw domain::SetupError("the store lacks rows: antiphon verify tells which");
    std::size_t bytes = 0;
    for (const auto& row : rows) {
        const std::size_t before = lines_.size();
        if (position_of(row).value != draft_.last.value + 1)
            throw domain::SetupError(
                "the store has no row at " + std::to_string(draft_.last.value + 1) + " of its " +
                std::string(domain::to_string(kind)) + ": antiphon verify tells of all such"
            );
        domain::add_line(lines_, row);
        bytes += lines_.size() - before;
        draft_.last = position_of(row);
        draft_.last_id = id_of(row);
        if (draft_.rows() == domain::segment_rows_max || lines_.size() >= domain::segment_bytes_max)
            close_draft(kind);
    }
    size_.came(rows.size(), bytes);
}

void Export::close_draft(SegmentKind kind) {
    if (draft_.rows() == 0) return;
    settle();
    const std::size_t bytes = lines_.size();
    archive_.write(draft_, std::exchange(lines_, {}));
    lines_.reserve(std::min(bytes, domain::segment_bytes_max));  // the next one is about as large
    writing_ = true;
    draft_ = {.kind = kind, .first = {draft_.last.value + 1}, .last = draft_.last};
}

void Export::settle() {
    if (!writing_) return;
    writing_ = false;
    manifest_.segments.push_back(archive_.written());
    archive_.keep(manifest_);
}

/// As far as it is of this side of the cut. It begins anew where it was left.
void Export::add_beside() {
    settle();
    kind_ = SegmentKind::beside;
    std::erase_if(manifest_.segments, [](const auto& each) {
        return each.kind == SegmentKind::beside;
    });
    draft_ = {.kind = SegmentKind::beside, .first = {1}, .last = {0}};
    lines_.clear();
    const auto put = [&](const domain::BesideRow& row) {
        add_line(lines_, row);
        ++draft_.last.value;
        if (draft_.rows() == domain::segment_rows_max || lines_.size() >= domain::segment_bytes_max)
            close_draft(SegmentKind::beside);
    };
    Position after;
    for (auto page = store_.letters(after, letters_max); !page.empty();
         page = store_.letters(after, letters_max)) {
        after = page.back().command;
        for (auto& note : page) {
            if (note.failed_at > manifest_.events) continue;
            if (note.retried_at > manifest_.commands) {
                note.state = domain::DeadLetterState::open;
                note.retried_as.clear();
            }
            put(note);
        }
    }
    for (const auto& attempt : store_.attempts())
        if (attempt.position <= manifest_.commands) put(attempt);
    for (auto subscription : store_.subscriptions()) {
        auto& place = subscription.place;
        if (place.incarnation == manifest_.incarnation)
            place.position = std::min(place.position, manifest_.events);
        put(subscription);
    }
    close_draft(SegmentKind::beside);
}

Advance Export::advance() const {
    if (!begun_) return {};
    const auto drafted = kind_ == SegmentKind::beside ? 0 : draft_.rows();
    const auto total = manifest_.commands.value + manifest_.events.value;
    return {std::min(rows_in(manifest_) + drafted, total) - before_, total - before_};
}

}  // namespace services::operations
