#pragma once

#include <cstddef>

namespace infra::runtime {

/// Lets the process open as many files and sockets as it is allowed to (RLIMIT_NOFILE, the hard
/// limit), instead of the few that a shell gives by default; how many that is.
std::size_t raise_descriptor_limit();

/// Gives the calling thread a table of descriptors of its own, with the standard streams alone:
/// what the others open cannot exhaust it. It must use no descriptor that was opened outside, and
/// nobody else one of its. False: this system has no such thing.
bool take_own_descriptors();

}  // namespace infra::runtime
