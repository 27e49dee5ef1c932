#include "infra/postgres/postgres_record_keys.hpp"

#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

namespace infra::postgres {
namespace {

const Statement read_record_keys{
    "read_record_keys",
    "select id, secret from record_keys order by number desc"};

const Statement renew_record_keys{"renew_record_keys", "select renew_record_keys($1, $2)"};

domain::RecordKey key_of(const pqxx::row& row) {
    return {row[0].c_str(), pqxx::binarystring(row[1]).str()};
}

}  // namespace

std::vector<domain::RecordKey> PostgresRecordKeys::valid() {
    return all_of(connection_.session().run(read_record_keys), key_of);
}

std::vector<domain::RecordKey>
PostgresRecordKeys::renew(std::chrono::seconds max_age, std::size_t keep) {
    connection_.session().run(renew_record_keys, max_age.count(), limit_of(keep));
    return valid();
}

}  // namespace infra::postgres
