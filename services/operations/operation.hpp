#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace services::operations {

/// How far work is.
struct Advance {
    std::int64_t done = 0;
    std::int64_t total = 0;  ///< as far as it is known yet; some may come meanwhile
    friend bool operator==(const Advance&, const Advance&) = default;
};

/// Work of an operator over what is stored, which ends: it reads in short transactions, in pieces,
/// and can be stopped between any two. A core: no thread, no clock, no signal. Used by one thread.
class Operation {
  public:
    virtual ~Operation() = default;

    /// Does the next piece, about `most` of what it counts, and at least one. False when nothing is
    /// left. Throws domain::WorldError when the world is away: the same step can be asked again.
    virtual bool step(std::size_t most) = 0;

    virtual Advance advance() const = 0;

    /// From where another one of the same arguments can go on, for ever; JSON. Empty: from its
    /// beginning.
    virtual std::string place() const { return {}; }
};

}  // namespace services::operations
