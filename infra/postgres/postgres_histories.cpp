#include "infra/postgres/postgres_histories.hpp"

#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

namespace infra::postgres {
namespace {

const Statement read_category_after{
    "read_category_after",
    "select e.category from events e where e.category > $1 order by e.category limit 1"};

const Statement count_category{
    "count_category",
    "select count(*) from events e where e.category = $1"};

/// By the index of the streams' versions.
const Statement read_history_after{
    "read_history_after",
    "select e.entity, e.version, e.type, e.data from events e"
    " where e.category = $1 and (e.entity, e.version) > ($2, $3)"
    " order by e.entity, e.version limit $4"};

/// All that begin with it are below it.
constexpr const char* behind_ours = "%";
static_assert('%' == '$' + 1);

}  // namespace

std::vector<std::string> PostgresHistories::categories() {
    std::vector<std::string> all;
    for (std::string last = behind_ours;; last = all.back()) {
        const auto rows = connection_.session().run(read_category_after, last);
        if (rows.empty()) return all;
        all.emplace_back(rows.front()[0].c_str());
    }
}

std::size_t PostgresHistories::count(const std::string& category) {
    return connection_.session().run(count_category, category).front()[0].as<std::size_t>();
}

std::vector<domain::EventEnvelope> PostgresHistories::read(
    const domain::StreamId& after,
    domain::StreamVersion version,
    std::size_t limit
) {
    const auto rows = connection_.session().run(
        read_history_after, after.category, after.entity, version.value, limit_of(limit)
    );
    std::vector<domain::EventEnvelope> events(static_cast<std::size_t>(rows.size()));
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto row = rows[static_cast<pqxx::result::size_type>(i)];
        events[i].stream = {after.category, row[0].c_str()};
        events[i].version = {row[1].as<std::int64_t>()};
        events[i].type = row[2].c_str();
        events[i].data = row[3].c_str();
    }
    return events;
}

}  // namespace infra::postgres
