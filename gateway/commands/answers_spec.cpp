#include "gateway/commands/answers.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gateway::commands {
namespace {

using Calls = std::vector<std::string>;

/// Notes what it is asked.
class WatchedCommands final : public infra::memory::MemoryCommandLog {
  public:
    WatchedCommands(infra::memory::MemoryStore& store, Calls& calls)
        : MemoryCommandLog(store), calls_(calls) {}

    std::optional<domain::StoredCommand> find(const std::string& id) override {
        calls_.emplace_back("anybody's command");
        return MemoryCommandLog::find(id);
    }
    std::optional<domain::StoredCommand> find(const std::string& id, const domain::Issuer& user)
        override {
        calls_.emplace_back("the user's command");
        return MemoryCommandLog::find(id, user);
    }

  private:
    Calls& calls_;
};

class WatchedEvents final : public infra::memory::MemoryEventLog {
  public:
    WatchedEvents(infra::memory::MemoryStore& store, Calls& calls)
        : MemoryEventLog(store), calls_(calls) {}

    std::vector<domain::EventEnvelope> read_command(domain::Position position) override {
        calls_.emplace_back("its events");
        return MemoryEventLog::read_command(position);
    }

  private:
    Calls& calls_;
};

// Else the time that a 404 takes would tell that there is one: ids can be computed from keys.
TEST(ReadStatus, AsksTheSameForACommandOfSomebodyElseAsForNone) {
    infra::memory::MemoryStore store;
    Calls calls;
    WatchedCommands commands(store, calls);
    WatchedEvents events(store, calls);
    const auto command = kit::sample_command(1);
    commands.append(std::vector{command});
    const auto ask = [&](int number, const domain::Issuer& user) {
        calls.clear();
        const bool found = !read_status(commands, events, kit::sample_id(number), user).empty();
        return std::pair(found, calls);
    };
    const domain::Issuer eve{"eve"};
    EXPECT_EQ(ask(1, eve), std::pair(false, Calls{"the user's command"}));
    EXPECT_EQ(ask(2, eve), ask(1, eve));
    EXPECT_EQ(
        ask(1, command.command.issuer), std::pair(true, Calls{"the user's command", "its events"})
    );
}

}  // namespace
}  // namespace gateway::commands
