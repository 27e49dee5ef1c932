#include "infra/postgres/migrate.hpp"

#include "services/antiphon/roles.hpp"

#include <iostream>

namespace services::antiphon {

void run_migrate(const Settings& settings) {
    const auto report = infra::postgres::migrate(
        settings.postgres, infra::postgres::all_migrations(), settings.postgres_run_role
    );
    for (const auto name : report.applied) std::cout << "applied " << name << '\n';
    if (report.applied.empty()) std::cout << "nothing to do: ";
    std::cout << "the database is at version " << report.version << '\n';
}

}  // namespace services::antiphon
