#include "infra/postgres/migrate.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/store.hpp"

#include <iostream>

namespace services::antiphon {

/// For when a key may have been read by somebody: what it signed is not believed any more, and is
/// read from the store instead.
void run_rotate_keys(const Settings& settings) {
    Store store(settings.postgres);
    infra::postgres::check_schema(store.connection);
    const auto keys = store.record_keys.renew(std::chrono::seconds(0), 1);
    std::cout << "records are signed with key " << keys.front().id
              << " from now on, and believed with no other\n";
}

}  // namespace services::antiphon
