#include "infra/runtime/last_resort.hpp"

#include "infra/runtime/step_loop.hpp"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <mutex>
#include <unistd.h>
#include <utility>

namespace infra::runtime {

LastResort::LastResort(std::stop_token stop, std::chrono::milliseconds limit)
    : waiter_([stop = std::move(stop), limit](const std::stop_token& gone) {
          std::mutex mutex;
          std::condition_variable_any changed;
          const std::stop_callback asked(stop, [&] {
              const std::lock_guard lock(mutex);
              changed.notify_all();
          });
          std::unique_lock lock(mutex);
          changed.wait(lock, gone, [&] { return stop.stop_requested(); });
          if (changed.wait_for(lock, gone, limit, [&] { return gone.stop_requested(); })) return;
          if (gone.stop_requested()) return;
          spdlog::error("did not stop within {} ms, and ends as it is", limit.count());
          _exit(1);
      }) {}

}  // namespace infra::runtime
