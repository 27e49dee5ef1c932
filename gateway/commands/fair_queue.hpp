#pragma once

#include "domain/ports/command_log.hpp"

#include <cstddef>
#include <deque>
#include <list>
#include <string>
#include <unordered_map>

namespace gateway::commands {

/// Commands that wait: each user's in the order in which they came, the users in turn, a command
/// each. So a command waits for no more of any other user's than stand before it of its own.
/// Knows only the users who have something waiting. One thread at a time.
class FairQueue {
  public:
    void push(domain::NewCommand command);

    bool empty() const { return turns_.empty(); }

    /// The next one in turn. Not empty.
    const domain::NewCommand& front() const { return turns_.front()->second.commands.front(); }

    /// Takes the front out; its user is then the last in turn.
    domain::NewCommand pop();

    struct Share {
        std::size_t commands = 0;
        std::size_t bytes = 0;  ///< of their bodies
    };
    /// What of it is this user's.
    Share share_of(const std::string& user) const;

  private:
    struct Waiting {
        std::list<domain::NewCommand> commands;
        std::size_t bytes = 0;
    };
    using Users = std::unordered_map<std::string, Waiting>;

    Users users_;
    std::deque<Users::value_type*> turns_;  ///< each of users_ once
};

}  // namespace gateway::commands
