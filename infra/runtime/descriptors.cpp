#include "infra/runtime/descriptors.hpp"

#include <linux/close_range.h>
#include <sys/resource.h>

#include <limits>
#include <unistd.h>

namespace infra::runtime {

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

bool take_own_descriptors() {
    return close_range(3, std::numeric_limits<unsigned>::max(), CLOSE_RANGE_UNSHARE) == 0;
}

}  // namespace infra::runtime
