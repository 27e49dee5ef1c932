#pragma once

#include "services/operations/import.hpp"

#include <cstdint>
#include <istream>
#include <limits>
#include <string>

namespace services::operations {

/// Fills an empty store with the history of another system: each line is an event, at the position
/// of its line, of a command of its own. Versions follow the order of the lines. Nothing is open
/// before all lines are there and every stream was folded by this build.
///
/// Its place is the store: one that was left reads the lines from the first one on again, and adds
/// what is not there.
class ForeignImport final : public Operation {
  public:
    /// `lines` outlives this. More than `bytes_max` of them are refused.
    ForeignImport(
        const ImportParts& parts,
        std::istream& lines,
        std::int64_t bytes_max = std::numeric_limits<std::int64_t>::max()
    );

    /// SetupError where a line, or the store, is not fit; the line is named.
    bool step(std::size_t most) override;
    Advance advance() const override { return {number_, number_}; }

    std::int64_t events() const { return number_; }

  private:
    void begin();
    bool add_lines(std::size_t most);
    void add_events(std::vector<domain::EventEnvelope> events);
    std::string line_of(const domain::StreamId& stream, domain::StreamVersion version);

    ImportParts parts_;
    std::istream& lines_;
    const std::int64_t bytes_max_;
    ImportTold told_;
    ImportedStreams streams_;
    bool begun_ = false;
    bool read_ = false;
    bool ended_ = false;
    domain::ImportPlace place_;  ///< what was there
    std::int64_t number_ = 0;    ///< of lines that were read
    std::int64_t bytes_ = 0;
};

}  // namespace services::operations
