#pragma once

#include "domain/kernel/error.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/event_log.hpp"
#include "domain/ports/folder.hpp"
#include "domain/ports/snapshot_store.hpp"
#include "gateway/limits/rate_limiter.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace gateway {

/// What one reading thread has: adapters of its own, and, where aggregates are shown, a folder and
/// their snapshots.
struct Stores {
    std::unique_ptr<domain::CommandLog> commands;
    std::unique_ptr<domain::EventLog> events;
    std::unique_ptr<domain::Folder> folder{};
    std::unique_ptr<domain::SnapshotStore> snapshots{};
};

/// More reads wait than may. Answered with 503 and Retry-After, as every WorldError is.
class ReadersBusy : public domain::WorldError {
  public:
    using domain::WorldError::WorldError;
};

/// Why a read is not even tried, and when to come again.
struct ReadRefusal {
    enum class Why {
        overloaded,       ///< as many reads wait as may
        user_overloaded,  ///< as many of this user wait as may be one user's
        too_fast,         ///< this user reads more than it may
    };
    Why why = Why::overloaded;
    std::chrono::milliseconds wait{1'000};
};

struct ReadersSettings {
    std::size_t threads = 2;  ///< each with a connection to the store
    std::size_t waiting_max = 1'000;
    std::size_t waiting_max_per_user_percent = 10;
};

/// Threads that read the store, since its calls block and coroutines may not. Reads wait in one
/// bounded queue from which the users are taken in turn, so that a flood delays its own user only;
/// each gives its result back on the io_context of the coroutine that asked. What users read is
/// weighed by `rate`: a read is one, and what it takes from the store is more (see charge()).
/// admit(), pace() and charge() are for the thread of `rate`.
class StoreReaders {
  public:
    /// `open` is called by each thread, and what it opens ends with that thread.
    StoreReaders(std::function<Stores()> open, RateLimiter& rate, ReadersSettings settings = {});
    ~StoreReaders();  ///< finishes what runs, drops what waits, joins

    /// Asked once before what a request reads: it counts as one read, or is refused.
    std::optional<ReadRefusal> admit(const std::string& user);

    /// For whoever would rather wait than be refused: nothing, and it counts as a read; or how long
    /// to wait before asking again.
    std::optional<std::chrono::milliseconds> pace(const std::string& user);

    /// What a read has taken from the store: as much as one page of a stream's is a read more.
    void charge(const std::string& user, std::size_t events, std::size_t bytes);

    /// Runs `read` on one of the threads when it is this user's turn. Throws what it throws
    /// (domain::WorldError when the store is away), and ReadersBusy. Name the function object, then
    /// await: see docs/adr on g++ 12.
    template <class T>
    boost::asio::awaitable<T> read(std::string user, std::function<T(Stores&)> read);

  private:
    boost::asio::awaitable<void> run(std::string user, std::function<void(Stores&)> job);
    class Impl;
    RateLimiter& rate_;
    const ReadersSettings settings_;
    std::unique_ptr<Impl> impl_;
};

template <class T>
boost::asio::awaitable<T> StoreReaders::read(std::string user, std::function<T(Stores&)> read) {
    // Shared, since a thread may still write the result when the waiting coroutine is gone.
    auto result = std::make_shared<std::optional<T>>();
    std::function<void(Stores&)> job = [result, read = std::move(read)](Stores& stores) {
        result->emplace(read(stores));
    };
    co_await run(std::move(user), std::move(job));
    co_return std::move(**result);
}

}  // namespace gateway
