#pragma once

#include "domain/ports/store_import.hpp"

#include <pqxx/pqxx>

namespace infra::postgres {

/// Sets all that follows from the rows of both logs: their life, partitions, owners and progress,
/// and from where the relays go on. False, and nothing is set: there are more or fewer rows.
bool end_import(pqxx::work& transaction, const domain::ImportEnd& end);

}  // namespace infra::postgres
