#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/topics.hpp"

#include <span>
#include <string>

/// What the aggregates of this build take and say, in the forms that others read. Each text is the
/// same for the same build and settings.
namespace gateway::contracts {

/// What an installation adds of its own.
struct Installation {
    std::string version;      ///< of Antiphon
    std::string cookie_name;  ///< that holds the token of an EventSource
    domain::Topics topics{};
};

using Aggregates = std::span<const domain::AggregatePtr>;

/// OpenAPI 3.1: what is asked over HTTP.
std::string openapi(Aggregates aggregates, const Installation& installation);

/// AsyncAPI 3.0: what goes over Kafka, and the stream of a user's events.
std::string asyncapi(Aggregates aggregates, const Installation& installation);

/// One JSON Schema, draft 2020-12, with all of them in its $defs: "account.command.open",
/// "account.event.opened", "account.state".
std::string json_schema(Aggregates aggregates);

/// Types for the client of a browser, web/antiphon.js: a .d.ts.
std::string typescript(Aggregates aggregates);

/// For people.
std::string summary(Aggregates aggregates);

}  // namespace gateway::contracts
