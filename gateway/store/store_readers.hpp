#pragma once

#include "domain/kernel/error.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/event_log.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace gateway {

/// What one reading thread has of the store: adapters of its own.
struct Stores {
    std::unique_ptr<domain::CommandLog> commands;
    std::unique_ptr<domain::EventLog> events;
};

/// More reads wait than may. Answered with 503 and Retry-After, as every WorldError is.
class ReadersBusy : public domain::WorldError {
  public:
    using domain::WorldError::WorldError;
};

/// Threads that read the store, since its calls block and coroutines may not. Reads wait in one
/// bounded queue; each gives its result back on the io_context of the coroutine that asked.
class StoreReaders {
  public:
    StoreReaders(std::function<Stores()> open, std::size_t threads, std::size_t waiting_max);
    ~StoreReaders();  ///< finishes what runs, drops what waits, joins

    /// Runs `read` on one of the threads. Throws what it throws (domain::WorldError when the store
    /// is away), and ReadersBusy. Name the function object, then await: see docs/adr on g++ 12.
    template <class T>
    boost::asio::awaitable<T> read(std::function<T(Stores&)> read);

  private:
    boost::asio::awaitable<void> run(std::function<void(Stores&)> job);
    class Impl;
    std::unique_ptr<Impl> impl_;
};

template <class T>
boost::asio::awaitable<T> StoreReaders::read(std::function<T(Stores&)> read) {
    // Shared, since a thread may still write the result when the waiting coroutine is gone.
    auto result = std::make_shared<std::optional<T>>();
    std::function<void(Stores&)> job = [result, read = std::move(read)](Stores& stores) {
        result->emplace(read(stores));
    };
    co_await run(std::move(job));
    co_return std::move(**result);
}

}  // namespace gateway
