#include "domain/kernel/expected_version.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace domain {
namespace {

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

using Versions = std::vector<StreamVersion>;

TEST(ExpectedVersion, OfOneIsItself) {
    EXPECT_EQ(expect_versions(Versions{{0}}), StreamVersion{0});
    EXPECT_EQ(expect_versions(Versions{{7}, {7}}), StreamVersion{7});
    EXPECT_EQ(expect_versions(Versions{{int64_max}}), StreamVersion{int64_max});
    EXPECT_TRUE(expects({7}, {7}));
    EXPECT_FALSE(expects({7}, {8}));
    EXPECT_EQ(describe_expected({7}), "version 7");
}

TEST(ExpectedVersion, OfAnyIsThatThereIsOne) {
    EXPECT_FALSE(expects(any_version, {0}));
    EXPECT_TRUE(expects(any_version, {1}));
    EXPECT_TRUE(expects(any_version, {int64_max}));
    EXPECT_EQ(describe_expected(any_version), "any version above 0");
}

TEST(ExpectedVersion, OfASetIsEachOfThem) {
    const Versions sets[] = {
        {{0}, {1}},
        {{4}, {3}},
        {{3}, {4}, {18}},
        {{20}, {5}},
        {{1'000'000'000'000}, {1'000'000'000'009}}};
    for (const Versions& set : sets) {
        const auto expected = expect_versions(set);
        ASSERT_TRUE(expected);
        EXPECT_LT(expected->value, any_version.value);
        for (StreamVersion version{0}; version.value < 40; ++version.value) {
            const bool is_in = std::find(set.begin(), set.end(), version) != set.end();
            EXPECT_EQ(expects(*expected, version), is_in) << version.value;
        }
        for (const StreamVersion version : set) EXPECT_TRUE(expects(*expected, version));
    }
    EXPECT_EQ(describe_expected(*expect_versions(sets[2])), "version 3 or 4 or 18");
}

TEST(ExpectedVersion, OfASetThatIsTooWideIsNone) {
    EXPECT_FALSE(expect_versions(Versions{{1}, {17}}));
    EXPECT_FALSE(expect_versions(Versions{{int64_max}, {int64_max - 1}}));
    EXPECT_FALSE(expect_versions(Versions{{std::int64_t{1} << 47}, {(std::int64_t{1} << 47) + 1}}));
    EXPECT_TRUE(expect_versions(Versions{
        {(std::int64_t{1} << 47) - 1}, {(std::int64_t{1} << 47) - 2}}));
}

}  // namespace
}  // namespace domain
