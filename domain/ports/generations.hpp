#pragma once

#include "domain/kernel/generation.hpp"

#include <cstdint>
#include <string>

namespace domain {

/// What an operator wants of the partitions.
struct NextGeneration {
    std::int64_t after = 1;  ///< the number of the generation that it is to follow
    std::int32_t partitions = 1;
    std::string command_topics;  ///< what the topics of commands begin with: Topics::commands("")
    /// How many commands there may be from the oldest that is still to be done on. They are read
    /// while nobody can write, so this bounds how long that is.
    std::int64_t reach_max = 50'000;
};

/// The number of partitions, as it is changed. Used by one thread at a time; every call blocks and
/// throws WorldError when the store is away.
class Generations {
  public:
    virtual ~Generations() = default;

    virtual Generation present() = 0;

    enum class Begun {
        begun,    ///< the next generation is in force
        another,  ///< nothing happened: `after` is not in force, or no process has fixed a number
        behind,   ///< nothing happened: the commands reach back further than `reach_max`
    };
    /// In one transaction, under the locks of both logs: every owner of a partition and every
    /// relay is fenced; each partition of the new generation begins behind what was done of it; and
    /// the checkpoints tell, where something is still to be done, of its last command. The effect
    /// of a throw is unknown; a repeat is safe, and then says `another` if it was done.
    virtual Begun begin(const NextGeneration& next) = 0;
};

}  // namespace domain
