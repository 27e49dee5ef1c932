#pragma once

#include <string>
#include <vector>

namespace domain {

/// What a command or an event holds, for others to read.
struct MessageContract {
    std::string name;
    std::string schema;    ///< JSON Schema, draft 2020-12, of its data
    std::string access{};  ///< of a command: who may send it, in words
};

/// What an aggregate takes, says and shows: commands and events in the order of their variants, and
/// behind these, as deprecated, the events of old that it reads.
struct Contract {
    std::vector<MessageContract> commands{};
    std::vector<MessageContract> events{};
    std::string state{};  ///< JSON Schema of what is shown of it; empty: it does not say
};

}  // namespace domain
