#pragma once

#include "domain/ports/decider.hpp"
#include "domain/ports/folder.hpp"
#include "domain/ports/history_checker.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What parent and child say to each other about decisions and folds. A frame is its length (four
/// bytes, as this machine has them), its kind (one byte), and what follows. Both ends are one
/// program.
namespace infra::process {

enum class FrameKind : std::uint8_t {
    batch,
    page,
    last_page,
    undo,
    forget,
    wanted,
    verdicts,
    fold,
    folded,
    may_read,
    readable,
    restore,
    restore_fold,
    restored,
    check,
    fault,
    keys,
    checked
};

/// A frame's text; throws std::runtime_error where it is not what its kind says.
struct Frame {
    FrameKind kind{};
    std::string_view body;
};

std::string
batch_frame(std::span<const domain::StoredCommand> batch, const domain::KeyHolders& held);
std::string page_frame(std::span<const domain::EventEnvelope> events, bool last);
std::string undo_frame();
/// What domain::Decider::forget() is told.
struct Forgotten {
    std::vector<domain::CommandPartition> partitions;
    std::int32_t of = 1;
    friend bool operator==(const Forgotten&, const Forgotten&) = default;
};
std::string forget_frame(const Forgotten& gone);
std::string wanted_frame(const domain::Wanted& wanted);
std::string
verdicts_frame(const domain::Verdicts& verdicts, std::span<const domain::TakenSnapshot> snapshots);
/// For who decides, and for who folds to show, which alone answers.
std::string restore_frame(FrameKind kind, std::span<const domain::Snapshot> snapshots);
std::string restored_frame(bool restored);
std::string fold_frame(
    const domain::StreamId& stream,
    domain::StreamVersion after,
    std::span<const domain::EventEnvelope> events,
    bool last
);
std::string
folded_frame(const domain::FoldAnswer& answer, std::span<const domain::TakenSnapshot> snapshots);
std::string may_read_frame(const domain::StreamId& stream, const domain::Asked& asked);
std::string readable_frame(const domain::ReadAnswer& answer);
std::string
check_frame(std::span<const domain::EventEnvelope> events, std::span<const domain::Snapshot> kept);
std::string fault_frame(const domain::HistoryFault& fault);
std::string keys_frame(const domain::StreamKeys& own);
std::string checked_frame();

/// What a folder is asked.
struct FoldRequest {
    domain::StreamId stream;
    domain::StreamVersion after;
    bool last = false;
    std::vector<domain::EventEnvelope> events;
};
struct ReadRequest {
    domain::StreamId stream;
    domain::Asked asked;
};

struct CheckRequest {
    std::vector<domain::EventEnvelope> events;
    std::vector<domain::Snapshot> kept;
};

/// What a decider is to begin.
struct BatchRequest {
    std::vector<domain::StoredCommand> batch;
    domain::KeyHolders held;
};

/// What comes of a batch, and of a fold.
struct Decided {
    domain::Verdicts verdicts;
    std::vector<domain::TakenSnapshot> snapshots;
};
struct Folded {
    domain::FoldAnswer answer;
    std::vector<domain::TakenSnapshot> snapshots;
};

/// Of a command all but its trace, since a decision may need it. Of an event: stream, version,
/// type, data, time, subject. Of a snapshot: stream, version, state.
BatchRequest batch_request_of(std::string_view body);
std::vector<domain::EventEnvelope> page_of(std::string_view body);
Forgotten forgotten_of(std::string_view body);
domain::Wanted wanted_of(std::string_view body);
Decided decided_of(std::string_view body);
FoldRequest fold_request_of(std::string_view body);
Folded folded_of(std::string_view body);
std::vector<domain::Snapshot> snapshots_of(std::string_view body);
bool restored_of(std::string_view body);
ReadRequest read_request_of(std::string_view body);
domain::ReadAnswer read_answer_of(std::string_view body);
CheckRequest check_request_of(std::string_view body);
domain::HistoryFault fault_of(std::string_view body);
domain::StreamKeys keys_of(std::string_view body);

/// Takes bytes as they come and gives frames.
class FrameReader {
  public:
    void add(std::string_view bytes) { bytes_ += bytes; }

    /// The next frame, if all of it is there; it lives until the next call. Throws
    /// std::runtime_error when its length is impossible.
    bool next(Frame& frame);

  private:
    std::string bytes_;
    std::size_t taken_ = 0;
};

}  // namespace infra::process
