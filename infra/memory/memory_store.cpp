#include "infra/memory/memory_store.hpp"

namespace infra::memory {

void MemoryStore::fail_next(std::size_t calls) {
    std::lock_guard lock(mutex_);
    failing_ = calls;
}

void MemoryStore::forget_acknowledgements(std::size_t writes) {
    std::lock_guard lock(mutex_);
    forgetting_ = writes;
}

void MemoryStore::raise_incarnation() {
    std::lock_guard lock(mutex_);
    ++tables_.incarnation;
}

void MemoryStore::restore(Tables backup) {
    std::lock_guard lock(mutex_);
    backup.incarnation = tables_.incarnation + 1;
    backup.last_record_key = tables_.last_record_key;  // no two keys are the same, as random ones
    tables_ = std::move(backup);
}

void MemoryStore::throw_if_told(std::size_t& times) {
    if (times == 0) return;
    --times;
    throw domain::WorldError("the memory store was told to fail");
}

}  // namespace infra::memory
