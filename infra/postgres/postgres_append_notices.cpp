#include "infra/postgres/postgres_append_notices.hpp"

#include "domain/kernel/error.hpp"
#include "infra/postgres/session.hpp"

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace infra::postgres {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

const Statement notify{"notify", "select pg_notify($1, '')"};

constexpr auto pause_after_failure = 1s;

/// Needs no quotes in SQL.
std::string channel_of(domain::Log log) {
    return "antiphon_" + std::string(domain::to_string(log));
}

ConnectionSettings of_notices(ConnectionSettings settings) {
    settings.synchronous_commit = false;
    settings.application_name += "-notices";
    return settings;
}

}  // namespace

class PostgresAppendNotifier::Impl {
  public:
    explicit Impl(const ConnectionSettings& settings)
        : connection_(settings), thread_([this](const std::stop_token& stop) { run(stop); }) {}

    void appended(domain::Log log) {
        {
            const std::lock_guard lock(mutex_);
            grown_.insert(log);
        }
        wake_.notify_one();
    }

  private:
    void run(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (wake_.wait(lock, stop, [this] { return !grown_.empty(); })) {
            const auto logs = std::exchange(grown_, {});
            lock.unlock();
            const bool told = tell(logs);
            lock.lock();
            if (!told) wake_.wait_for(lock, stop, pause_after_failure, [] { return false; });
        }
    }

    bool tell(const std::set<domain::Log>& logs) {
        try {
            for (const auto log : logs) connection_.session().run(notify, channel_of(log));
            return true;
        } catch (const domain::WorldError&) {
            return false;  // a hint: whoever waits polls besides
        }
    }

    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::set<domain::Log> grown_;
    Connection connection_;
    std::jthread thread_;  ///< last: it uses all of the others
};

PostgresAppendNotifier::PostgresAppendNotifier(ConnectionSettings settings)
    : impl_(std::make_unique<Impl>(of_notices(std::move(settings)))) {}

PostgresAppendNotifier::~PostgresAppendNotifier() = default;

void PostgresAppendNotifier::appended(domain::Log log) { impl_->appended(log); }

class PostgresAppendListener::Impl {
  public:
    Impl(const ConnectionSettings& settings, domain::Log log)
        : connection_(settings), listen_("listen " + channel_of(log)) {}

    void wait(std::chrono::milliseconds timeout) {
        const auto deadline = SteadyClock::now() + timeout;
        if (SteadyClock::now() < next_try_) {
            std::this_thread::sleep_until(std::min(deadline, next_try_));
            return;
        }
        try {
            connection_.session().use([&](pqxx::connection& connection) {
                listening_ ? await(connection, timeout) : listen(connection);
            });
        } catch (const domain::WorldError&) {
            listening_ = false;
            next_try_ = SteadyClock::now() + pause_after_failure;
            std::this_thread::sleep_until(std::min(deadline, next_try_));
        }
    }

  private:
    /// Returns at once, since the log may have grown while nobody listened.
    void listen(pqxx::connection& connection) {
        pqxx::nontransaction(connection).exec(listen_);
        listening_ = true;
    }

    static void await(pqxx::connection& connection, std::chrono::milliseconds timeout) {
        connection.await_notification(timeout / 1s, timeout % 1s / 1us);
    }

    Connection connection_;
    std::string listen_;
    bool listening_ = false;
    SteadyClock::time_point next_try_{};
};

PostgresAppendListener::PostgresAppendListener(const ConnectionSettings& settings, domain::Log log)
    : impl_(std::make_unique<Impl>(of_notices(settings), log)) {}

PostgresAppendListener::~PostgresAppendListener() = default;

void PostgresAppendListener::wait(std::chrono::milliseconds timeout) { impl_->wait(timeout); }

}  // namespace infra::postgres
