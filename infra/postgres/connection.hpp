#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace infra::postgres {

struct ConnectionSettings {
    /// As libpq takes it: "postgresql://user@host/database" or "host=… dbname=…". What it sets
    /// itself goes before what follows here.
    std::string url;
    std::string application_name = "antiphon";
    std::chrono::seconds connect_timeout{5};
    /// A statement that takes longer is given up by the server; 0: none is.
    std::chrono::milliseconds statement_timeout{30'000};
    /// Whether a commit waits for the disk. Only notices may do without.
    bool synchronous_commit = true;
    /// Of who imports: see PostgresStoreImport.
    bool importing = false;
};

/// One connection to PostgreSQL, opened at the first use, and again at the first use after a
/// failure. Used by one thread at a time; the adapters of one thread share one. Every call on it
/// blocks, at most for connect_timeout and statement_timeout, and throws domain::WorldError with
/// one line that never holds the password.
class Connection {
  public:
    /// Throws domain::SetupError when the url cannot be understood. Does not connect.
    explicit Connection(const ConnectionSettings& settings);
    ~Connection();

    class Session;  ///< of this folder alone: session.hpp
    Session& session() { return *session_; }

  private:
    std::unique_ptr<Session> session_;
};

}  // namespace infra::postgres
