#include "infra/postgres/postgres_subscriptions.hpp"

#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

namespace infra::postgres {
namespace {

const Statement claim_subscription{
    "claim_subscription",
    "select $1::text, epoch, incarnation, log_position from claim_subscription($1, $2, $3)"};

const Statement advance_subscription{
    "advance_subscription",
    "select advance_subscription($1, $2, $3, $4)"};

const Statement read_subscriptions{
    "read_subscriptions",
    "select s.name, s.epoch, s.incarnation, s.position from subscriptions s order by s.name"};

const Statement drop_subscription{"drop_subscription", "select drop_subscription($1)"};

domain::Subscription subscription_of(const pqxx::row& row) {
    return {
        row[0].c_str(),
        {row[1].as<std::int64_t>()},
        {row[2].as<std::int64_t>(), {row[3].as<std::int64_t>()}}};
}

}  // namespace

domain::Subscription
PostgresSubscriptions::claim(const std::string& name, const domain::Cursor& from) {
    const auto rows =
        connection_.session().run(claim_subscription, name, from.incarnation, from.position.value);
    return subscription_of(rows.front());
}

bool PostgresSubscriptions::advance(const domain::Subscription& to) {
    return connection_.session()
        .run(
            advance_subscription,
            to.name,
            to.epoch.value,
            to.place.incarnation,
            to.place.position.value
        )
        .front()[0]
        .as<bool>();
}

std::vector<domain::Subscription> PostgresSubscriptions::all() {
    return all_of(connection_.session().run(read_subscriptions), subscription_of);
}

bool PostgresSubscriptions::drop(const std::string& name) {
    return connection_.session().run(drop_subscription, name).front()[0].as<bool>();
}

}  // namespace infra::postgres
