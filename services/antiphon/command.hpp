#pragma once

#include "services/antiphon/settings.hpp"

#include <functional>

namespace CLI {
class App;
}

namespace services::antiphon {

/// What `antiphon NAME` does.
struct Command {
    /// Its result is the exit code: see ExitCode. SetupError when the operator has to act.
    using Run = std::function<int(const Settings&)>;

    const char* name;
    const char* description;
    /// Adds the flags of its own; what it returns is run when they have been read.
    Run (*prepare)(CLI::App& flags);
};

/// Of a command that has no flags of its own.
template <void (*run)(const Settings&)>
Command::Run without_flags(CLI::App&) {
    return [](const Settings& settings) {
        run(settings);
        return 0;
    };
}

}  // namespace services::antiphon
