#pragma once

#include "gateway/auth/authenticator.hpp"
#include "gateway/commands/admission.hpp"
#include "gateway/commands/intake.hpp"
#include "gateway/commands/request.hpp"
#include "gateway/http/router.hpp"
#include "gateway/store/store_readers.hpp"

#include <memory>

namespace gateway::commands {

/// What the routes are made of. All outlive them.
struct CommandRoutesParts {
    Aggregates aggregates;
    auth::Authenticator& authenticator;
    Admission& admission;
    Intake& intake;
    StoreReaders& readers;
    const domain::Clock& clock;
};

/// The routes of commands:
///   POST /commands/{category}/{entity}/{name}   202, once it is durable
///   GET  /commands/{id}                         what became of it; only for who sent it
/// On one io_context. Outlives the server.
class CommandRoutes {
  public:
    explicit CommandRoutes(CommandRoutesParts parts);
    ~CommandRoutes();

    void add_to(http::Router& router);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace gateway::commands
