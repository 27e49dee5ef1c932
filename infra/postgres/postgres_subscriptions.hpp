#pragma once

#include "domain/ports/subscriptions.hpp"
#include "infra/postgres/connection.hpp"

namespace infra::postgres {

/// In the table `subscriptions`.
class PostgresSubscriptions final : public domain::Subscriptions {
  public:
    /// `connection` must outlive this.
    explicit PostgresSubscriptions(Connection& connection) : connection_(connection) {}

    domain::Subscription claim(const std::string& name, const domain::Cursor& from) override;
    bool advance(const domain::Subscription& to) override;
    std::vector<domain::Subscription> all() override;
    bool drop(const std::string& name) override;

  private:
    Connection& connection_;
};

}  // namespace infra::postgres
