#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/ports/clock.hpp"
#include "gateway/auth/authenticator.hpp"
#include "gateway/commands/intake.hpp"
#include "gateway/http/router.hpp"
#include "gateway/store/store_readers.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace gateway::commands {

struct CommandRoutesSettings {
    std::size_t fold_page_max = 1'000;  ///< events read at once when an aggregate is shown
};

/// The routes of commands and aggregates:
///   POST /commands/{category}/{entity}/{name}   202, once it is durable
///   GET  /commands/{id}                         what became of it; only for who sent it
///   GET  /aggregates/{category}/{entity}        its state, folded from its events
/// On one io_context. All arguments outlive it, and it outlives the server.
class CommandRoutes {
  public:
    CommandRoutes(
        std::span<const domain::AggregatePtr> aggregates,
        Intake& intake,
        auth::Authenticator& authenticator,
        StoreReaders& readers,
        const domain::Clock& clock,
        CommandRoutesSettings settings = {}
    );
    ~CommandRoutes();

    void add_to(http::Router& router);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace gateway::commands
