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

/// All accounts, members and toys, carried out command by command.
class Bank {
  public:
    /// `taken`: it was rejected since another has the e-mail that it wants, if it wants one.
    /// Whether another has it, the order of all events says.
    Expected carry_out(const Request& request, bool taken = false);

  private:
    struct Account {
        std::string owner;
        std::string opened_by;  ///< who alone withdraws and closes
        bool open = false;
        bool closed = false;
        std::int64_t cents = 0;
        std::string email;  ///< of a member
        std::int64_t version = 0;
    };
    static Expected account(Account& account, const Request& request);
    static Expected toy(const Request& request);
    static Expected member(std::string& email, const Request& request, bool taken);

    std::map<std::string, Account> accounts_;  ///< by category and entity
};

}  // namespace simulation
