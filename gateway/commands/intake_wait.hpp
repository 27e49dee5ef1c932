#pragma once

#include "gateway/commands/intake.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <variant>

namespace gateway::commands {

/// Lets coroutines of one io_context wait for answers that come on the writer's thread. A whole
/// batch of answers costs one wake-up.
class IntakeWait {
  public:
    explicit IntakeWait(Intake& intake);
    ~IntakeWait();

    boost::asio::awaitable<std::variant<IntakeAnswer, Refusal>> offer(domain::NewCommand command);

  private:
    class Mailbox;
    Intake& intake_;
    std::shared_ptr<Mailbox> mailbox_;
};

}  // namespace gateway::commands
