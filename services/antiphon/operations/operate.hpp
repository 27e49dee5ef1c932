#pragma once

#include "services/antiphon/operations/bookmark.hpp"
#include "services/operations/operation.hpp"

#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace services::antiphon {

/// How an operation ended, for scripts. What throws is 1.
enum ExitCode : int {
    done = 0,         ///< and there is nothing to tell
    found = 2,        ///< done, and there is: faults, differences
    interrupted = 3,  ///< the same command goes on where it was
};

/// The flags that all operations have.
struct OperationFlags {
    bool json = false;           ///< what is told, as JSON
    bool dry_run = false;        ///< tells what would be done
    bool restart = false;        ///< from the beginning, whatever was begun before
    std::int64_t rate = 50'000;  ///< at most so many a second; 0: as many as can be
};

void add_flags(CLI::App& app, OperationFlags& flags);
/// --rate alone.
void add_rate(CLI::App& app, OperationFlags& flags);

/// Steps it until it is done, or a signal stops it; tells on standard error how it gets on: a bar
/// on a terminal, a line now and then elsewhere. Keeps its place if there is a bookmark. An outage
/// is waited out. True if it is done.
bool operate(
    operations::Operation& operation,
    const std::string& name,
    const std::string& unit,
    const OperationFlags& flags,
    Bookmark* bookmark = nullptr
);

}  // namespace services::antiphon
