#include "infra/postgres/postgres_reservations.hpp"

#include "infra/postgres/array_text.hpp"
#include "infra/postgres/session.hpp"

#include <utility>

namespace infra::postgres {
namespace {

const Statement reserve_anew{
    "reserve_anew",
    "select entity, scope, key, holder from reserve_anew($1, $2, $3, $4, $5, $6)"};

}  // namespace

NotReserved
PostgresReservations::reserve(const std::string& category, std::span<const StreamKeys> streams) {
    ArrayText entities, versions, key_entities, key_scopes, keys;
    for (const StreamKeys& stream : streams) {
        entities.add(stream.entity);
        versions.add(stream.version.value);
        for (const auto& change : stream.keys) {
            key_entities.add(stream.entity);
            key_scopes.add(change.scope);
            keys.add(change.key);
        }
    }
    NotReserved left;
    for (const auto& row : connection_.session().run(
             reserve_anew,
             category,
             std::move(entities).take(),
             std::move(versions).take(),
             std::move(key_entities).take(),
             std::move(key_scopes).take(),
             std::move(keys).take()
         )) {
        if (row[1].is_null()) {
            left.moved.emplace_back(row[0].c_str());
        } else {
            left.taken.push_back({row[0].c_str(), row[1].c_str(), row[2].c_str(), row[3].c_str()});
        }
    }
    return left;
}

}  // namespace infra::postgres
