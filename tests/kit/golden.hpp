#pragma once

#include "domain/kernel/aggregate.hpp"

#include <string>
#include <vector>

namespace kit {

/// An event as it was written once, and so may be stored.
struct GoldenEvent {
    std::string type;
    std::string shape;  ///< as domain::EventShape has it
    domain::Payload data;
    friend bool operator==(const GoldenEvent&, const GoldenEvent&) = default;
};

/// The golden events of an aggregate: of each shape that was ever written, at least one. A list of
/// {"type", "shape", "data"} in JSON, an event a line; only ever added to.
class GoldenEvents {
  public:
    /// Throws std::runtime_error when that is no such list. Empty text is an empty one.
    explicit GoldenEvents(const std::string& text);

    std::string text() const;

    /// Adds the samples of the shapes that are not here; how many that are.
    std::size_t add_new(const domain::Aggregate& aggregate);

    /// What stands against the aggregate, for its developer: a shape that is new, an event that it
    /// cannot read any more. `name` is its folder's.
    std::vector<std::string> faults(const domain::Aggregate& aggregate, const std::string& name)
        const;

  private:
    bool knows(const domain::EventShape& event) const;

    std::vector<GoldenEvent> events_;
};

}  // namespace kit
