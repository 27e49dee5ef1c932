#pragma once

#include "gateway/contracts/documents.hpp"

namespace gateway::http {
class Router;
}

namespace gateway::contracts {

/// `GET /openapi.json` and `GET /asyncapi.json`, for anybody: what there is to ask is no secret,
/// and who may is decided where it is asked.
void add_contracts(http::Router& router, Aggregates aggregates, const Installation& installation);

}  // namespace gateway::contracts
