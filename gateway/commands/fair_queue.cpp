#include "gateway/commands/fair_queue.hpp"

#include <utility>

namespace gateway::commands {

void FairQueue::push(domain::NewCommand command) {
    const auto [user, fresh] = users_.try_emplace(command.command.issuer.subject);
    if (fresh) turns_.push_back(&*user);
    user->second.bytes += command.command.data.size();
    user->second.commands.push_back(std::move(command));
}

domain::NewCommand FairQueue::pop() {
    auto* user = turns_.front();
    turns_.pop_front();
    Waiting& waiting = user->second;
    domain::NewCommand command = std::move(waiting.commands.front());
    waiting.commands.pop_front();
    waiting.bytes -= command.command.data.size();
    if (waiting.commands.empty()) {
        users_.erase(user->first);
    } else {
        turns_.push_back(user);
    }
    return command;
}

FairQueue::Share FairQueue::share_of(const std::string& user) const {
    const auto found = users_.find(user);
    if (found == users_.end()) return {};
    return {found->second.commands.size(), found->second.bytes};
}

}  // namespace gateway::commands
