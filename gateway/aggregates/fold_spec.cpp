#include "gateway/aggregates/fold.hpp"
#include "gateway/commands/example_aggregate.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/process/local_folder.hpp"
#include "tests/kit/caused_event_log.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace gateway::aggregates {
namespace {

const domain::StreamId counter{"counter", "c-1"};

class FoldSpec : public ::testing::Test {
  protected:
    /// Adds `by` so often.
    void append(int count, const std::string& by = "1") {
        domain::EventBatch batch;
        for (int i = 0; i < count; ++i) {
            domain::EventEnvelope event;
            event.stream = counter;
            event.version = {++version_};
            event.type = "added";
            event.data = R"({"by":)" + by + '}';
            event.command_id = "command-" + std::to_string(version_);
            event.last = true;
            batch.events.push_back(std::move(event));
        }
        ASSERT_TRUE(std::holds_alternative<domain::Appended>(caused_.append(batch)));
    }

    FoldPtr fold(FoldPtr from = nullptr, std::size_t page_max = 4) {
        step_ = fold_on(log_, *folder_, {counter}, from, page_max);
        read_ += step_.events;
        return step_.fold;
    }

    FoldPtr whole(FoldPtr from = nullptr) {
        read_ = 0;
        do from = fold(from);
        while (!from->whole);
        return from;
    }

    void lose_states() { folder_.emplace(aggregates_, 10); }

    std::vector<domain::AggregatePtr> aggregates_ = commands::testing::counters();
    infra::memory::MemoryStore store_;
    infra::memory::MemoryEventLog log_{store_};
    infra::memory::MemoryCommandLog commands_{store_};
    kit::CausedEventLog caused_{log_, commands_};
    std::optional<infra::process::LocalFolder> folder_{std::in_place, aggregates_, 10};
    FoldStep step_;
    std::size_t read_ = 0;  ///< events, for what is whole
    std::int64_t version_ = 0;
};

TEST_F(FoldSpec, GoesOnPageByPage) {
    EXPECT_TRUE(fold()->whole);
    EXPECT_EQ(fold()->version.value, 0);
    append(8);
    FoldPtr part = fold();
    EXPECT_FALSE(part->whole);
    EXPECT_EQ(part->version.value, 4);
    EXPECT_EQ(step_.events, 4u);
    EXPECT_EQ(step_.bytes, 4 * std::string(R"({"by":1})").size());
    part = fold(fold(part));
    EXPECT_TRUE(part->whole);
    EXPECT_EQ(part->json, "8");
    EXPECT_EQ(part->version.value, 8);
}

TEST_F(FoldSpec, ReadsOnlyWhatIsNew) {
    append(9);
    const FoldPtr first = whole();
    EXPECT_EQ(read_, 9u);
    EXPECT_EQ(whole(first), first);
    EXPECT_EQ(read_, 0u);
    append(2);
    const FoldPtr second = whole(first);
    EXPECT_EQ(second->json, "11");
    EXPECT_EQ(read_, 2u);
    append(10);
    EXPECT_EQ(whole(second)->json, "21");
    EXPECT_EQ(read_, 10u);
}

TEST_F(FoldSpec, BeginsAnewWhereTheFolderHasLostTheState) {
    append(6);
    const FoldPtr part = fold();
    lose_states();
    EXPECT_EQ(fold(part)->version.value, 0);
    EXPECT_FALSE(fold(part)->whole);
    const FoldPtr all = whole(part);
    EXPECT_EQ(all->json, "6");
    lose_states();
    EXPECT_EQ(fold(all), all) << "nothing is new, so nobody folds";
    append(1);
    EXPECT_EQ(whole(all)->json, "7");
}

TEST_F(FoldSpec, SaysWhyAHistoryIsUnreadable) {
    append(5);
    const FoldPtr part = fold();
    const auto sound = store_.read([](const auto& tables) { return tables; });
    append(1, "null");
    EXPECT_EQ(fold(part), nullptr);
    EXPECT_NE(step_.unreadable.find("version 5 or one of the next: "), std::string::npos);
    EXPECT_EQ(step_.events, 2u);
    store_.restore(sound);
    EXPECT_EQ(whole(part)->json, "5");
}

TEST_F(FoldSpec, DoesNotBelieveWhatARestoredLogHasNotGot) {
    append(3);
    const auto backup = store_.read([](const auto& tables) { return tables; });
    append(3);
    const FoldPtr lost = whole();
    store_.restore(backup);
    EXPECT_EQ(whole(lost)->json, "3");
    version_ = 3;
    append(3, "10");  // other events at the same versions and positions
    EXPECT_EQ(whole(lost)->json, "33");
    append(3, "10");
    EXPECT_EQ(whole(lost)->json, "63");
}

TEST_F(FoldSpec, DoesNotBelieveWhatAnEmptyLogHasNotGot) {
    const auto backup = store_.read([](const auto& tables) { return tables; });
    append(3);
    const FoldPtr lost = whole();
    store_.restore(backup);
    EXPECT_EQ(whole(lost)->version.value, 0);
    EXPECT_EQ(whole(lost)->json, "");
}

FoldPtr sized(std::size_t bytes) {
    auto fold = std::make_shared<Fold>();
    fold->json = std::string(bytes, 'x');
    return fold;
}

TEST(FoldCache, KeepsTheOnesUsedLast) {
    FoldCache cache(10, 1'000'000);
    const FoldPtr used = sized(1);
    cache.put(counter, used);
    for (int i = 0; i < 1'000; ++i) {
        cache.put({"counter", std::to_string(i)}, sized(1));
        ASSERT_LE(cache.size(), 10u);
        ASSERT_EQ(cache.find(counter), used);
    }
    for (int i = 0; i < 10; ++i) cache.put({"counter", "other-" + std::to_string(i)}, sized(1));
    EXPECT_EQ(cache.find(counter), nullptr);
}

TEST(FoldCache, IsBoundedInBytes) {
    FoldCache cache(1'000'000, 100'000);
    for (int i = 0; i < 1'000; ++i) {
        cache.put({"counter", std::to_string(i)}, sized(8'000));
        ASSERT_LE(cache.size(), 12u);
    }
    EXPECT_GE(cache.size(), 5u);
    cache.put(counter, sized(1));
    cache.put(counter, sized(50'000));
    EXPECT_EQ(cache.find(counter), nullptr) << "nor the one before, which is outdated";
}

TEST(FoldCache, HoldsTheNewestOfAnAggregate) {
    FoldCache cache(10, 100'000);
    for (int i = 0; i < 100; ++i) cache.put(counter, sized(1'000));
    const FoldPtr newest = sized(2'000);
    cache.put(counter, newest);
    EXPECT_EQ(cache.find(counter), newest);
    EXPECT_EQ(cache.size(), 1u);
}

TEST(FoldCache, KeepsNothingWhereItMayHoldNothing) {
    FoldCache cache(0, 100'000);
    cache.put(counter, sized(1));
    EXPECT_EQ(cache.find(counter), nullptr);
}

}  // namespace
}  // namespace gateway::aggregates
