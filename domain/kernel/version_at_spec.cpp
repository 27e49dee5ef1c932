#include "domain/kernel/version_at.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace domain {
namespace {

using namespace std::chrono_literals;

TEST(VersionAtSpec, IsTheNewestThatIsNotAfterTheTime) {
    std::vector<Timestamp> times;
    const TimeOfVersion time_of = [&](StreamVersion version) -> std::optional<Timestamp> {
        const auto index = static_cast<std::size_t>(version.value - 1);
        return index < times.size() ? std::optional(times[index]) : std::nullopt;
    };
    EXPECT_EQ(version_at(Timestamp(5s), time_of).value, 0) << "nothing has happened";
    for (int events = 1; events <= 20; ++events) {
        times.push_back(Timestamp(events * 10s));
        for (int second = 0; second <= events * 10 + 10; second += 5)
            EXPECT_EQ(
                version_at(Timestamp(second * 1s), time_of).value, std::min(second / 10, events)
            ) << second
              << " of " << events;
    }
}

TEST(VersionAtSpec, IsBehindAllEventsOfOneTime) {
    const TimeOfVersion time_of = [](StreamVersion version) -> std::optional<Timestamp> {
        if (version.value > 7) return std::nullopt;
        return Timestamp(version.value < 3 ? 1s : 2s);
    };
    EXPECT_EQ(version_at(Timestamp(1s), time_of).value, 2);
    EXPECT_EQ(version_at(Timestamp(2s), time_of).value, 7);
}

TEST(VersionAtSpec, AsksLittleOfALongStream) {
    int asked = 0;
    const TimeOfVersion time_of = [&](StreamVersion version) -> std::optional<Timestamp> {
        ++asked;
        if (version.value > 10'000'000) return std::nullopt;
        return Timestamp(version.value * 1us);
    };
    EXPECT_EQ(version_at(Timestamp(9'876'543us), time_of).value, 9'876'543);
    EXPECT_LT(asked, 50);
}

}  // namespace
}  // namespace domain
