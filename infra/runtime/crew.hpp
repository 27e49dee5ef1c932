#pragma once

#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace infra::runtime {

/// The threads of a process. They end together: the first that throws stops all the others.
class Crew {
  public:
    Crew() = default;
    ~Crew();  ///< stops and joins
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    void start(std::function<void(const std::stop_token&)> run);

    /// What stops them all; requested as well when one of them throws.
    std::stop_source stop_source() const { return stop_; }

    /// Waits for all of them; throws what the first that failed threw.
    void join();

  private:
    std::stop_source stop_;
    std::mutex mutex_;
    std::exception_ptr failure_;
    std::vector<std::jthread> threads_;
};

}  // namespace infra::runtime
