#pragma once

namespace gateway::commands {

/// Why a command is not even tried.
enum class Refusal {
    overloaded,       ///< as many wait to be stored as may
    user_overloaded,  ///< as many of this user wait as may be one user's
    behind,           ///< the workers have more to do than may wait for them
    in_flight,        ///< the same id waits already
    closed,           ///< the process is going down
};

}  // namespace gateway::commands
