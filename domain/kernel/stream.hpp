#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace domain {

/// Names one stream of events: the aggregate's category and which one of them, `account` and `42`.
/// A category that begins with `$` is ours: `$command` holds the outcomes that are not events of an
/// aggregate, one stream for each command id.
struct StreamId {
    std::string category;
    std::string entity;
    friend auto operator<=>(const StreamId&, const StreamId&) = default;
};

/// How many events a stream holds. An empty stream is at version 0; its first event is number 1,
/// and no number is ever left out.
struct StreamVersion {
    std::int64_t value = 0;
    friend auto operator<=>(const StreamVersion&, const StreamVersion&) = default;
};

/// A place in the one order of a log. The first row is 1, and no number is ever left out, so a
/// reader that has seen p has seen all before it. 0 stands before the first.
struct Position {
    std::int64_t value = 0;
    friend auto operator<=>(const Position&, const Position&) = default;
};

/// Which owner of a lease or of a partition, in the order in which they came. A write that names an
/// epoch below the newest is refused: its writer was replaced and does not know it yet.
struct Epoch {
    std::int64_t value = 0;
    friend auto operator<=>(const Epoch&, const Epoch&) = default;
};

}  // namespace domain
