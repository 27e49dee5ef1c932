#pragma once

#include "domain/kernel/page_size.hpp"
#include "domain/ports/archive.hpp"
#include "domain/ports/store_export.hpp"
#include "services/operations/operation.hpp"

#include <optional>
#include <string>

namespace services::operations {

/// Writes both logs up to a cut, and what stands beside them, to an archive. Others may write
/// meanwhile: the cut is the end of the events and then the end of the commands, so each event has
/// its command on this side of it; what came later is left out, wherever it stands.
///
/// Its place is the archive itself. One that was left goes on behind its last segment, to the same
/// cut; one that is complete is continued to a new one.
class Export final : public Operation {
  public:
    /// Both outlive this.
    Export(domain::StoreExport& store, domain::Archive& archive)
        : store_(store), archive_(archive) {}

    /// SetupError where the archive is of another store, or of another life of this one.
    bool step(std::size_t most) override;
    Advance advance() const override;

    /// As far as it is durable.
    const domain::Manifest& manifest() const { return manifest_; }

    /// What a run would do: the archive as it would be, without its segments to come.
    static domain::Manifest plan(domain::StoreExport& store, domain::Archive& archive);

  private:
    void begin();
    bool add_rows(domain::SegmentKind kind, std::size_t most);
    void add_beside();
    template <class Rows>
    void add(domain::SegmentKind kind, const Rows& rows);
    void close_draft(domain::SegmentKind kind);
    void settle();
    domain::Position cut_of(domain::SegmentKind kind) const;

    domain::StoreExport& store_;
    domain::Archive& archive_;
    bool begun_ = false;
    bool ended_ = false;
    bool writing_ = false;  ///< a segment is under way
    domain::Manifest manifest_;
    domain::PageSize size_{static_cast<std::size_t>(domain::segment_rows_max)};
    domain::SegmentKind kind_ = domain::SegmentKind::commands;
    domain::Segment draft_;    ///< that is gathered; `last` is below `first` while it is empty
    std::string lines_;        ///< of that
    std::int64_t before_ = 0;  ///< rows that were there
};

}  // namespace services::operations
