#pragma once

#include <stdexcept>

namespace domain {

/// The world failed: a database, a broker or a network is away. Whether the effect of the call
/// happened is unknown, unless the port says otherwise. Caught in one place per process, the step
/// loop, which logs it, backs off and goes on.
class WorldError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The operator has to act: a setting, a schema or a topic is not as it must be. Ends the process
/// with this one line, which says what to do.
class SetupError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace domain
