#include "infra/runtime/descriptors.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <semaphore>
#include <thread>
#include <unistd.h>
#include <vector>

namespace infra::runtime {
namespace {

TEST(Descriptors, AreAsManyAsAreAllowed) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit few{16, limit.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    EXPECT_EQ(raise_descriptor_limit(), limit.rlim_max);
    getrlimit(RLIMIT_NOFILE, &limit);
    EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
}

TEST(Descriptors, OfAThreadOfItsOwnCannotBeExhaustedByOthers) {
    // It begins before they are all taken: UBSan opens some to look at a new thread's memory.
    std::array<int, 2> ends{-1, -1};
    std::binary_semaphore all_taken(0);
    std::thread other([&] {
        all_taken.acquire();
        ASSERT_TRUE(take_own_descriptors());
        EXPECT_EQ(pipe(ends.data()), 0);
    });

    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit few{64, before.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    std::vector<int> all;
    for (int one = 0; (one = dup(0)) >= 0;) all.push_back(one);
    EXPECT_EQ(errno, EMFILE);
    all_taken.release();
    other.join();
    EXPECT_EQ(ends[0], 3);

    // What it closed is closed for it alone.
    for (const int one : all) EXPECT_EQ(close(one), 0);
    setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace
}  // namespace infra::runtime
