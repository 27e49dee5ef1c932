#include "infra/postgres/connection.hpp"

#include "domain/kernel/error.hpp"
#include "infra/postgres/session.hpp"

#include <libpq-fe.h>
#include <map>

#if defined(__SANITIZE_ADDRESS__)
/// libpqxx 6.4 forgets the result (of libpq) of a statement under which the connection breaks.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:PQmakeEmptyPGresult"; }
#endif

namespace infra::postgres {
namespace {

using Options = std::map<std::string, std::string>;

/// What libpq says of a url that it cannot parse may hold a part of the password: it is not told.
Options parse(const std::string& url) {
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
        PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree
    );
    if (!parsed) {
        throw domain::SetupError(
            "postgres.url cannot be understood: write postgresql://user:password@host:port/database"
        );
    }
    Options options;
    for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) options[option->keyword] = option->val;
    }
    return options;
}

/// What every session is held to. The reads and functions look rows up by their indexes, and are
/// planned once: maybe while the tables are still empty, when a scan of the whole looks cheap.
std::string session_options(const ConnectionSettings& settings) {
    return " -c default_transaction_isolation=read\\ committed"
           " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off"
           " -c idle_in_transaction_session_timeout=10000"
           " -c client_min_messages=warning -c datestyle=ISO"
           " -c statement_timeout=" +
           std::to_string(settings.statement_timeout.count()) +
           (settings.synchronous_commit ? "" : " -c synchronous_commit=off") +
           (settings.importing ? " -c antiphon.importing=yes" : "");
}

/// A server that is cut off without a word is noticed within some ten seconds.
Options complete(Options options, const ConnectionSettings& settings) {
    options.insert(
        {{"application_name", settings.application_name},
         {"connect_timeout", std::to_string(settings.connect_timeout.count())},
         {"client_encoding", "UTF8"},
         {"tcp_user_timeout", "10000"},
         {"keepalives_idle", "5"},
         {"keepalives_interval", "2"},
         {"keepalives_count", "3"}}
    );
    options["options"] += session_options(settings);
    return options;
}

std::string to_text(const Options& options) {
    std::string text;
    for (const auto& [keyword, value] : options) {
        text += keyword + "='";
        for (const char c : value) {
            if (c == '\'' || c == '\\') text += '\\';
            text += c;
        }
        text += "' ";
    }
    return text;
}

/// One line of what the library says, without the password.
std::string one_line(std::string message, const std::string& password) {
    for (char& c : message) {
        if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    }
    message.erase(message.find_last_not_of(' ') + 1);
    if (password.empty()) return message;
    constexpr std::string_view hidden = "***";
    for (auto at = message.find(password); at != std::string::npos;
         at = message.find(password, at + hidden.size())) {
        message.replace(at, password.size(), hidden);
    }
    return message;
}

/// What libpq says of a certificate, with what to do.
std::string advised(std::string message) {
    if (message.find("certificate verify failed") != message.npos)
        message += " (sslrootcert has to hold the authority that signed it)";
    if (message.find("does not match host name") != message.npos)
        message += " (name the host in postgres.url as its certificate does)";
    return message;
}

}  // namespace

Connection::Session::Session(const ConnectionSettings& settings) {
    const Options options = complete(parse(settings.url), settings);
    options_ = to_text(options);
    if (const auto password = options.find("password"); password != options.end()) {
        password_ = password->second;
    }
}

void Connection::Session::use(const std::function<void(pqxx::connection&)>& body) {
    try {
        if (!connection_) {
            connection_ = std::make_unique<pqxx::connection>(options_);
            quiet_ = std::make_unique<pqxx::quiet_errorhandler>(*connection_);
        }
        body(*connection_);
    } catch (const pqxx::pqxx_exception& error) {
        prepared_.clear();
        quiet_.reset();
        connection_.reset();
        throw domain::WorldError(
            "PostgreSQL: " + advised(one_line(error.base().what(), password_))
        );
    }
}

Connection::Connection(const ConnectionSettings& settings)
    : session_(std::make_unique<Session>(settings)) {}

Connection::~Connection() = default;

}  // namespace infra::postgres
