#pragma once

#include "domain/kernel/cloud_event.hpp"

namespace domain {

/// What a record is to a reader that has taken everything of its partition up to some position.
enum class ChainStep {
    repeat,  ///< taken already: drop it
    next,    ///< nothing lies between: take it
    gap,     ///< something lies between: read it from the store, then take this one
};

/// The whole rule. `taken` need not be the position of a record of this partition: a reader may
/// start from the head of the log, since everything up to there is known to it.
constexpr ChainStep chain_step(Position taken, const ChainLink& link) {
    if (link.position <= taken) return ChainStep::repeat;
    return link.predecessor <= taken ? ChainStep::next : ChainStep::gap;
}

}  // namespace domain
