#include "infra/postgres/postgres_activity.hpp"

#include "infra/postgres/session.hpp"

namespace infra::postgres {
namespace {

const Statement read_oldest_snapshot{
    "read_oldest_snapshot",
    "select a.pid, coalesce(a.application_name, ''), age(a.backend_xmin)::bigint,"
    " extract(epoch from clock_timestamp() - a.xact_start)::bigint"
    " from pg_stat_activity a"
    " where a.backend_xmin is not null and a.pid <> pg_backend_pid()"
    " order by age(a.backend_xmin) desc, a.xact_start limit 1"};

const Statement raise{"raise_incarnation", "select raise_incarnation()"};

}  // namespace

std::optional<OldSnapshot> oldest_snapshot(Connection& connection) {
    const auto rows = connection.session().run(read_oldest_snapshot);
    if (rows.empty()) return std::nullopt;
    const auto row = rows.front();
    OldSnapshot snapshot{row[0].as<int>(), row[1].c_str(), row[2].as<std::int64_t>(), {}};
    if (!row[3].is_null()) snapshot.age = std::chrono::seconds(row[3].as<std::int64_t>());
    return snapshot;
}

std::int64_t raise_incarnation(Connection& connection) {
    return connection.session().run(raise).front()[0].as<std::int64_t>();
}

}  // namespace infra::postgres
