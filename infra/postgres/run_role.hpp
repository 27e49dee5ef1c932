#pragma once

#include "infra/postgres/migrate.hpp"

#include <pqxx/pqxx>

#include <span>
#include <string>

/// Who may do what with the tables (ADR 15): the role that migrates owns all of it; the one that
/// runs reads, and writes through functions alone, which have their owner's rights.
namespace infra::postgres {

/// The names of all that the migrations make, as arrays for SQL. Others' things may stand beside
/// ours, and are left alone.
struct OwnNames {
    std::string relations;
    std::string routines;
};
OwnNames own_names(std::span<const Migration> migrations);

/// Throws domain::SetupError when whoever is connected does not own what is there.
void check_owner(pqxx::connection& connection);

/// Shuts the world out of our tables and functions, and makes the functions act as their owner. If
/// `run_role` is not empty, it may then use them, and do nothing else. Safe to repeat. Throws
/// domain::SetupError when that role is not there, or could do more.
void grant(pqxx::connection& connection, const OwnNames& names, const std::string& run_role);

}  // namespace infra::postgres
