#pragma once

#include "domain/kernel/envelope.hpp"
#include "domain/kernel/generation.hpp"
#include "domain/kernel/snapshots.hpp"

#include <pqxx/pqxx>

#include <cstddef>
#include <string>
#include <vector>

namespace infra::postgres {

/// The columns that command_of() and event_of() take, in their order.
inline const std::string command_columns =
    " c.position, c.id, c.category, c.entity, c.name, c.data, c.subject, c.claims,"
    " c.correlation_id, c.trace_parent, c.expected_version,"
    " (extract(epoch from c.time) * 1000000)::bigint, c.issuer, c.causation_id ";
inline constexpr int command_columns_count = 14;
inline const std::string event_columns =
    " e.position, e.category, e.entity, e.version, e.type, e.data,"
    " (extract(epoch from e.time) * 1000000)::bigint, e.command_id, e.command_position, e.ordinal,"
    " e.last, e.subject, e.claims, e.correlation_id, e.trace_parent, e.issuer ";

/// What generation_of() takes, of a row of `logs l`.
inline const std::string generation_columns =
    " l.generation, coalesce(l.partitions, 0), l.generation_begun ";

domain::StoredCommand command_of(const pqxx::row& row);
domain::EventEnvelope event_of(const pqxx::row& row);

/// Of category, entity, version, last_event, incarnation, state.
domain::Snapshot snapshot_of(const pqxx::row& row);

/// Of three columns, from this one on.
domain::Generation generation_of(const pqxx::row& row, int column = 0);

template <class Value>
std::vector<Value> all_of(const pqxx::result& rows, Value (*value_of)(const pqxx::row&)) {
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(rows.size()));
    for (const auto& row : rows) values.push_back(value_of(row));
    return values;
}

/// For `limit`, which has no sign here and has one there.
std::int64_t limit_of(std::size_t limit);

/// Microseconds since 1970.
std::int64_t microseconds_of(domain::Timestamp time);

/// Text as PostgreSQL takes it: what a dying process said may hold any bytes.
std::string printable(std::string text);

}  // namespace infra::postgres
