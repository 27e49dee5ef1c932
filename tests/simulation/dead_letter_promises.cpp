#include "tests/simulation/dead_letter_promises.hpp"

#include <map>

namespace simulation {

std::vector<std::string> broken_dead_letters(const History& history) {
    std::vector<std::string> broken;
    std::map<std::string, const CommandRow*> commands;
    for (const auto& command : history.commands) commands[command.id] = &command;
    std::map<std::string, const DeadLetterRow*> letters;
    for (const auto& letter : history.dead_letters) {
        const std::string& id = letter.command_id;
        if (!letters.emplace(id, &letter).second) broken.push_back(id + " is two");
        if (letter.reason.empty()) broken.push_back(id + " says no reason");
        if (!letter.retried_as.empty() && !commands.contains(letter.retried_as))
            broken.push_back(id + " is retried by no command");
    }
    for (const auto& event : history.events) {
        if (event.category == "$command" && event.type == "failed" &&
            !letters.contains(event.command_id))
            broken.push_back(event.command_id + " failed, and is none");
    }
    for (const auto& command : history.commands) {
        if (command.causation.empty()) continue;
        const auto letter = letters.find(command.causation);
        if (letter == letters.end() || letter->second->retried_as != command.id)
            broken.push_back(command.id + " retries what does not know of it");
        const auto cause = commands.find(command.causation);
        if (cause == commands.end() || cause->second->request != command.request)
            broken.push_back(command.id + " is not what it retries");
    }
    return broken;
}

}  // namespace simulation
