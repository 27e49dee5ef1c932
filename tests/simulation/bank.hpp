#pragma once

#include "tests/simulation/history.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace simulation {

/// What a command must come to. Written from the aggregates' descriptions alone, so that the
/// checkers share nothing with the code that they check.
struct Expected {
    std::vector<std::string> types;    ///< of its events, in order
    bool outcome = false;              ///< the one event is an outcome, in the command's own stream
    std::string data = "{}";           ///< of each event that is none
    std::string code{};                ///< of a failure
    std::vector<std::string> hears{};  ///< who else is shown its events
};

/// All accounts and toys, carried out command by command.
class Bank {
  public:
    Expected carry_out(const Request& request);

  private:
    struct Account {
        std::string owner;
        std::string opened_by;  ///< who alone withdraws and closes
        bool open = false;
        bool closed = false;
        std::int64_t cents = 0;
        std::int64_t version = 0;
    };
    static Expected account(Account& account, const Request& request);
    static Expected toy(const Request& request);

    std::map<std::string, Account> accounts_;  ///< by category and entity
};

}  // namespace simulation
