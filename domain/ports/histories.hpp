#pragma once

#include "domain/kernel/envelope.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace domain {

/// All streams of the event log, for who has to see each of them. What is appended meanwhile may be
/// seen, or not. Used by one thread at a time; every call blocks and throws WorldError when the
/// store is away.
class Histories {
  public:
    virtual ~Histories() = default;

    /// Those that there are events of, in order; ours, which begin with `$`, are not among them.
    virtual std::vector<std::string> categories() = 0;

    /// How many events a category has. May take seconds for ten million.
    virtual std::size_t count(const std::string& category) = 0;

    /// The events of a category behind the one of `after` at `version`: stream by stream, each in
    /// the order of its versions, at most `limit`, and none only at the end. `after`, and 0, are
    /// empty at first. They have their streams, versions, types and data, and nothing else.
    virtual std::vector<EventEnvelope>
    read(const StreamId& after, StreamVersion version, std::size_t limit) = 0;
};

}  // namespace domain
