#include "infra/memory/memory_append_notices.hpp"

namespace infra::memory {

void MemoryAppendNotices::raise(domain::Log log) {
    std::lock_guard lock(mutex_);
    ++counts_[log];
    raised_.notify_all();
}

std::int64_t MemoryAppendNotices::wait_above(
    domain::Log log,
    std::int64_t seen,
    std::chrono::milliseconds timeout
) {
    std::unique_lock lock(mutex_);
    raised_.wait_for(lock, timeout, [&] { return counts_[log] > seen; });
    return counts_[log];
}

}  // namespace infra::memory
