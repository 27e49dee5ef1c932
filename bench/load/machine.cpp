#include "bench/load/machine.hpp"

#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <fstream>
#include <thread>

namespace bench {
namespace {

std::string processor_model() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    }
    return "unknown";
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

Machine this_machine() {
    struct sysinfo memory {};
    ::sysinfo(&memory);
    utsname system{};
    ::uname(&system);
    return {
        std::thread::hardware_concurrency(),
        processor_model(),
        static_cast<std::int64_t>(memory.totalram * memory.mem_unit / (1024 * 1024)),
        std::string(system.sysname) + " " + system.release,
    };
}

double processor_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void raise_file_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace bench
