#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/ports/archive.hpp"
#include "domain/ports/histories.hpp"
#include "domain/ports/store_import.hpp"
#include "services/operations/operation.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace services::operations {

/// What an import is to be told of while it goes on.
struct ImportTold {
    /// A stream that this build cannot fold, so that what it reserves is not known.
    std::function<void(const domain::HistoryFault&)> fault = [](const auto&) {};
    /// A key that two streams would have.
    std::function<void(const domain::TakenKey&)> taken = [](const auto&) {};
};

/// Where an import puts rows, and by whom they are read again. All of it outlives the work.
struct ImportParts {
    domain::StoreImport& store;
    domain::Histories& histories;  ///< of that store
    domain::HistoryChecker& checker;
    std::span<const domain::AggregatePtr> aggregates;
    ImportTold told{};
};

/// The last part of each import: all streams are folded, once, for the keys that they reserve.
class ImportedStreams {
  public:
    explicit ImportedStreams(const ImportParts& parts) : parts_(parts) {}

    /// About so many events; none at the end.
    std::size_t step(std::size_t most);

    std::int64_t faults() const { return faults_; }

  private:
    void look_at(std::span<const domain::EventEnvelope> page);

    const ImportParts& parts_;
    bool begun_ = false;
    std::vector<std::string> categories_;  ///< that are left
    domain::StreamId at_;
    domain::StreamVersion version_;
    std::int64_t faults_ = 0;
};

/// Fills an empty store with an archive: each row is what it was, so positions, ids and cursors
/// stay. What the archive does not say follows from its rows: what is still to be done, what is
/// reserved, from where the relays go on.
///
/// Each segment is checked as a whole before any of it is taken. Its place is the store itself: one
/// that was left goes on behind the last segment that is there.
class Import final : public Operation {
  public:
    /// `archive` outlives this.
    Import(const ImportParts& parts, domain::Archive& archive)
        : parts_(parts), archive_(archive), streams_(parts_) {}

    /// SetupError where archive or store are not fit.
    bool step(std::size_t most) override;
    Advance advance() const override;

    const domain::Manifest& manifest() const { return manifest_; }
    /// Of what was told.
    std::int64_t faults() const { return streams_.faults(); }

    /// Reads each segment, and refuses what could not be imported. Returns the manifest.
    static domain::Manifest check(domain::Archive& archive);

  private:
    void begin();
    void add(const domain::Segment& segment);

    const ImportParts parts_;
    domain::Archive& archive_;
    ImportedStreams streams_;
    bool begun_ = false;
    bool finishing_ = false;
    bool ended_ = false;
    domain::Manifest manifest_;
    std::vector<domain::Segment> left_;  ///< the next one last
    std::int64_t before_ = 0;
    std::int64_t done_ = 0;  ///< rows that are there, or were folded
};

}  // namespace services::operations
