#include "domain/kernel/states.hpp"

#include <gtest/gtest.h>

namespace domain {
namespace {

StreamId stream(const char* entity) { return {"toy", entity}; }

TEST(StateCache, DropsTheOneThatWasUsedLongestAgo) {
    StateCache cache(2);
    cache.put(stream("a"), {{1}, nullptr});
    cache.put(stream("b"), {{2}, nullptr});
    ASSERT_NE(cache.find(stream("a")), nullptr);
    cache.put(stream("c"), {{3}, nullptr});
    EXPECT_EQ(cache.find(stream("b")), nullptr);
    EXPECT_NE(cache.find(stream("a")), nullptr);
    EXPECT_EQ(cache.size(), 2U);
}

TEST(StateCache, HoldsTheNewestStateOfAStream) {
    StateCache cache(2);
    cache.put(stream("a"), {{1}, nullptr});
    cache.put(stream("a"), {{5}, nullptr});
    EXPECT_EQ(cache.size(), 1U);
    EXPECT_EQ(cache.find(stream("a"))->version.value, 5);
}

TEST(StateCache, ForgetsWhatItIsToldTo) {
    StateCache cache(4);
    for (const char* entity : {"a", "b", "c"}) cache.put(stream(entity), {{1}, nullptr});
    cache.forget(stream("a"));
    cache.forget(stream("never-there"));
    cache.forget_if([](const StreamId& id) { return id.entity == "b"; });
    EXPECT_EQ(cache.find(stream("a")), nullptr);
    EXPECT_EQ(cache.find(stream("b")), nullptr);
    EXPECT_NE(cache.find(stream("c")), nullptr);
}

}  // namespace
}  // namespace domain
