#include "domain/kernel/error.hpp"
#include "infra/runtime/reading_ahead.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace infra::runtime {
namespace {

/// One stream of ten events; counts the reads.
class Ten final : public domain::Histories {
  public:
    std::vector<std::string> categories() override { return {"ten"}; }
    std::size_t count(const std::string&) override { return 10; }
    std::vector<domain::EventEnvelope>
    read(const domain::StreamId&, domain::StreamVersion version, std::size_t limit) override {
        ++reads;
        if (fails.exchange(false)) throw domain::WorldError("away");
        std::vector<domain::EventEnvelope> events;
        for (auto next = version.value + 1; next <= 10 && events.size() < limit; ++next) {
            auto& event = events.emplace_back();
            event.stream = {"ten", "a"};
            event.version = {next};
        }
        return events;
    }

    std::atomic<int> reads = 0;
    std::atomic<bool> fails = false;
};

class ReadingAheadSpec : public testing::Test {
  protected:
    /// The versions of the page behind this one.
    std::vector<std::int64_t> read(std::int64_t version, std::size_t limit) {
        std::vector<std::int64_t> versions;
        for (const auto& event : ahead.read({"ten", "a"}, {version}, limit))
            versions.push_back(event.version.value);
        return versions;
    }
    using Versions = std::vector<std::int64_t>;

    Ten ten;
    ReadingAhead ahead{ten};
};

TEST_F(ReadingAheadSpec, GivesThePagesThatAreAskedFor) {
    EXPECT_EQ(read(0, 4), (Versions{1, 2, 3, 4}));
    EXPECT_EQ(read(4, 4), (Versions{5, 6, 7, 8}));
    EXPECT_EQ(read(8, 4), (Versions{9, 10}));
    EXPECT_EQ(read(10, 4), Versions{});
    EXPECT_EQ(ten.reads, 4) << "each of them once";
}

TEST_F(ReadingAheadSpec, GivesAnotherPageThanTheOneThatItExpected) {
    EXPECT_EQ(read(0, 4), (Versions{1, 2, 3, 4}));
    EXPECT_EQ(read(4, 2), (Versions{5, 6}));
    EXPECT_EQ(read(6, 1), Versions{7});
    EXPECT_EQ(read(2, 3), (Versions{3, 4, 5}));
    EXPECT_EQ(ahead.count("ten"), 10u);
    EXPECT_EQ(read(5, 2), (Versions{6, 7}));
}

TEST_F(ReadingAheadSpec, ThrowsWhatWasThrownToItAndCanBeAskedAgain) {
    ten.fails = true;
    EXPECT_THROW(read(0, 4), domain::WorldError);
    EXPECT_EQ(read(0, 4), (Versions{1, 2, 3, 4}));
    EXPECT_EQ(read(4, 4), (Versions{5, 6, 7, 8}));
    ten.fails = true;  // that it reads ahead, or the one after it
    EXPECT_THROW((read(8, 1), read(9, 1), read(10, 1)), domain::WorldError);
    EXPECT_EQ(read(8, 4), (Versions{9, 10}));
}

}  // namespace
}  // namespace infra::runtime
