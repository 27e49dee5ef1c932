// A library to preload: it puts a process's wall clock forward or back, and makes its fsync slow.
//
// FAULT_CONTROL names a file of two 64-bit numbers that the tests write and this reads as they are:
// the clock's offset and the time that fsync and fdatasync take longer, both in nanoseconds.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

struct control {
    _Atomic int64_t clock_offset_ns;
    _Atomic int64_t fsync_delay_ns;
};

static struct control nothing;
static struct control* control = &nothing;

static const int64_t second_ns = 1000000000;

static int (*real_clock_gettime)(clockid_t, struct timespec*);
static int (*real_cond_timedwait)(pthread_cond_t*, pthread_mutex_t*, const struct timespec*);
static int (*real_cond_clockwait)(
    pthread_cond_t*, pthread_mutex_t*, clockid_t, const struct timespec*
);
static int (*real_mutex_timedlock)(pthread_mutex_t*, const struct timespec*);
static int (*real_sem_timedwait)(sem_t*, const struct timespec*);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

__attribute__((constructor)) static void begin(void) {
    if (real_clock_gettime) return;
    real_cond_clockwait = dlsym(RTLD_NEXT, "pthread_cond_clockwait");
    // There is an older one of this name, of another layout, which dlsym may give.
    real_cond_timedwait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!real_cond_timedwait) real_cond_timedwait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    real_mutex_timedlock = dlsym(RTLD_NEXT, "pthread_mutex_timedlock");
    real_sem_timedwait = dlsym(RTLD_NEXT, "sem_timedwait");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    const char* path = getenv("FAULT_CONTROL");
    const int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void* mapped = mmap(NULL, sizeof *control, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) control = mapped;
}

static void add(struct timespec* time, int64_t ns) {
    const int64_t sum = time->tv_nsec + ns % second_ns + second_ns;
    time->tv_sec += ns / second_ns + sum / second_ns - 1;
    time->tv_nsec = sum % second_ns;
}

static int of_the_wall(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

int clock_gettime(clockid_t clock, struct timespec* time) {
    begin();
    const int failed = real_clock_gettime(clock, time);
    if (!failed && of_the_wall(clock)) add(time, control->clock_offset_ns);
    return failed;
}

int gettimeofday(struct timeval* restrict time, void* restrict zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t* out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec* now, int base) {
    if (base != TIME_UTC) return 0;
    clock_gettime(CLOCK_REALTIME, now);
    return base;
}

/// A deadline by the clock that never steps is not far from 0, in seconds.
static int by_the_wall(const struct timespec* deadline) {
    const time_t years = 1000000000;
    return deadline->tv_sec > years;
}

/// The kernel waits by the true clock.
static struct timespec truly(const struct timespec* deadline) {
    struct timespec true_one = *deadline;
    if (by_the_wall(deadline)) add(&true_one, -control->clock_offset_ns);
    return true_one;
}

static int earlier(const struct timespec* one, const struct timespec* other) {
    return one->tv_sec < other->tv_sec ||
           (one->tv_sec == other->tv_sec && one->tv_nsec < other->tv_nsec);
}

/// A step may come while one waits, and then the wait ends as much sooner or later. So this waits
/// for short times; who is woken too early asks again, as for any condition.
static int wait_on(
    pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock, int clock_given,
    const struct timespec* deadline
) {
    const int64_t slice_ns = second_ns / 20;
    const int wall = by_the_wall(deadline);
    struct timespec until = truly(deadline), now;
    if (wall) {
        real_clock_gettime(CLOCK_REALTIME, &now);
        add(&now, slice_ns);
        if (earlier(&now, &until)) until = now;
    }
    const int error = clock_given ? real_cond_clockwait(condition, mutex, clock, &until)
                                  : real_cond_timedwait(condition, mutex, &until);
    if (error != ETIMEDOUT || !wall) return error;
    real_clock_gettime(CLOCK_REALTIME, &now);
    until = truly(deadline);
    return earlier(&now, &until) ? 0 : ETIMEDOUT;
}

int pthread_cond_timedwait(
    pthread_cond_t* restrict condition, pthread_mutex_t* restrict mutex,
    const struct timespec* restrict deadline
) {
    begin();
    return wait_on(condition, mutex, CLOCK_REALTIME, 0, deadline);
}

int pthread_cond_clockwait(
    pthread_cond_t* restrict condition, pthread_mutex_t* restrict mutex, clockid_t clock,
    const struct timespec* restrict deadline
) {
    begin();
    return wait_on(condition, mutex, clock, 1, deadline);
}

/// In the C library it goes past the two above.
int cnd_timedwait(
    cnd_t* restrict condition, mtx_t* restrict mutex, const struct timespec* restrict deadline
) {
    begin();
    const int error = wait_on((pthread_cond_t*)condition, (pthread_mutex_t*)mutex, CLOCK_REALTIME,
                              0, deadline);
    if (error == ETIMEDOUT) return thrd_timedout;
    return error == 0 ? thrd_success : thrd_error;
}

int pthread_mutex_timedlock(
    pthread_mutex_t* restrict mutex, const struct timespec* restrict deadline
) {
    begin();
    const struct timespec until = truly(deadline);
    return real_mutex_timedlock(mutex, &until);
}

int sem_timedwait(sem_t* restrict semaphore, const struct timespec* restrict deadline) {
    begin();
    const struct timespec until = truly(deadline);
    return real_sem_timedwait(semaphore, &until);
}

static void be_slow(void) {
    const int64_t ns = control->fsync_delay_ns;
    const struct timespec delay = {ns / second_ns, ns % second_ns};
    if (ns > 0) nanosleep(&delay, NULL);
}

int fsync(int file) {
    begin();
    be_slow();
    return real_fsync(file);
}

int fdatasync(int file) {
    begin();
    be_slow();
    return real_fdatasync(file);
}
