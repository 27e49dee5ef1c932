#pragma once

#include "infra/postgres/connection.hpp"

#include <pqxx/pqxx>

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace infra::postgres {

struct Statement {
    std::string name;
    std::string sql;
};

/// The connection itself. What it throws is domain::WorldError alone; after that it is closed, and
/// the next use opens it anew.
class Connection::Session {
  public:
    explicit Session(const ConnectionSettings& settings);

    /// One statement, prepared at its first use, in a transaction of its own: one round trip.
    template <class... Values>
    pqxx::result run(const Statement& statement, const Values&... values) {
        pqxx::result result;
        use([&](pqxx::connection& connection) {
            if (prepared_.insert(statement.name).second) {
                connection.prepare(statement.name, statement.sql);
            }
            pqxx::nontransaction transaction(connection);
            result = transaction.exec_prepared(statement.name, values...);
        });
        return result;
    }

    /// For what is more than one statement.
    void use(const std::function<void(pqxx::connection&)>& body);

  private:
    std::string options_;
    std::string password_;
    std::unique_ptr<pqxx::connection> connection_;
    std::unique_ptr<pqxx::errorhandler> quiet_;  ///< else libpq prints to our standard error
    std::set<std::string> prepared_;
};

}  // namespace infra::postgres
