#pragma once

#include "domain/kernel/aggregate.hpp"
#include "gateway/auth/authenticator.hpp"
#include "gateway/commands/admission.hpp"
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

/// What the routes are made of. All outlive them.
struct CommandRoutesParts {
    std::span<const domain::AggregatePtr> aggregates;
    auth::Authenticator& authenticator;
    Admission& admission;
    Intake& intake;
    StoreReaders& readers;
};

/// The routes of commands and aggregates:
///   POST /commands/{category}/{entity}/{name}   202, once it is durable
///   GET  /commands/{id}                         what became of it; only for who sent it
///   GET  /aggregates/{category}/{entity}        its state, folded from its events
/// On one io_context. Outlives the server.
class CommandRoutes {
  public:
    explicit CommandRoutes(CommandRoutesParts parts, CommandRoutesSettings settings = {});
    ~CommandRoutes();

    void add_to(http::Router& router);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace gateway::commands
