#pragma once

#include "domain/ports/store_import.hpp"

#include <pqxx/pqxx>

namespace infra::postgres {

/// Adds a row of what stands beside the logs. SetupError where the logs do not have what it is of.
void put_beside(pqxx::work& transaction, const domain::BesideRow& row);

}  // namespace infra::postgres
