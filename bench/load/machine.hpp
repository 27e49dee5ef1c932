#pragma once

#include <cstdint>
#include <string>

namespace bench {

/// What a figure was measured on.
struct Machine {
    unsigned cores = 0;
    std::string processor;
    std::int64_t memory_mib = 0;
    std::string kernel;
};

Machine this_machine();

/// Processor time that this process has used, in seconds.
double processor_seconds();

/// As many open files as the system lets us have.
void raise_file_limit();

}  // namespace bench
