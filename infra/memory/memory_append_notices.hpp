#pragma once

#include "domain/ports/append_notices.hpp"

#include <condition_variable>
#include <map>
#include <mutex>

namespace infra::memory {

/// How often each log was said to have grown. Shared by notifiers and listeners, and outlives them.
class MemoryAppendNotices {
  public:
    void raise(domain::Log log);

    /// The count of `log` once it is above `seen`, or when `timeout` is over.
    std::int64_t wait_above(domain::Log log, std::int64_t seen, std::chrono::milliseconds timeout);

  private:
    std::mutex mutex_;
    std::condition_variable raised_;
    std::map<domain::Log, std::int64_t> counts_;
};

class MemoryAppendNotifier final : public domain::AppendNotifier {
  public:
    explicit MemoryAppendNotifier(MemoryAppendNotices& notices) : notices_(notices) {}
    void appended(domain::Log log) override { notices_.raise(log); }

  private:
    MemoryAppendNotices& notices_;
};

/// Really waits: in one thread alone, ask for a time-out of zero.
class MemoryAppendListener final : public domain::AppendListener {
  public:
    MemoryAppendListener(MemoryAppendNotices& notices, domain::Log log)
        : notices_(notices), log_(log) {}
    void wait(std::chrono::milliseconds timeout) override {
        seen_ = notices_.wait_above(log_, seen_, timeout);
    }

  private:
    MemoryAppendNotices& notices_;
    const domain::Log log_;
    std::int64_t seen_ = 0;
};

}  // namespace infra::memory
