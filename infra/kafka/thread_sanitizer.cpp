// librdkafka starts its threads by C11's calls, which the thread sanitizer of GCC 12 does not know:
// a thread that it did not see start crashes in it. So that sanitizer's builds have these two
// instead.

#include <cstdint>
#include <memory>
#include <pthread.h>
#include <threads.h>

namespace {

struct Start {
    thrd_start_t run;
    void* argument;
};

void* run(void* start) {
    const std::unique_ptr<Start> own(static_cast<Start*>(start));
    return reinterpret_cast<void*>(static_cast<std::intptr_t>(own->run(own->argument)));
}

}  // namespace

extern "C" {

int thrd_create(thrd_t* thread, thrd_start_t start, void* argument) {
    auto own = std::make_unique<Start>(Start{start, argument});
    if (pthread_create(thread, nullptr, run, own.get()) != 0) return thrd_error;
    own.release();  // the thread has it now
    return thrd_success;
}

int thrd_join(thrd_t thread, int* result) {
    void* returned = nullptr;
    if (pthread_join(thread, &returned) != 0) return thrd_error;
    if (result) *result = static_cast<int>(reinterpret_cast<std::intptr_t>(returned));
    return thrd_success;
}

/// Its locks are C11's too and just as unseen, so what it does with memory looks like races.
const char* __tsan_default_suppressions() { return "called_from_lib:librdkafka.so\n"; }
}
