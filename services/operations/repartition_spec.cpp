#include "domain/kernel/error.hpp"
#include "infra/memory/memory_generations.hpp"
#include "services/operations/repartition.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace services::operations {
namespace {

/// Somebody else is at it, too.
struct Raced final : domain::Generations {
    explicit Raced(domain::Generations& inner) : inner(inner) {}
    domain::Generation present() override { return inner.present(); }
    Begun begin(const domain::NextGeneration& next) override {
        std::exchange(before, [] {})();
        return inner.begin(next);
    }
    domain::Generations& inner;
    std::function<void()> before = [] {};
};

struct RepartitionSpec : testing::Test {
    infra::memory::MemoryStore store;
    infra::memory::MemoryGenerations generations{store};
    Raced raced{generations};
    const domain::Topics topics{"test"};
};

TEST_F(RepartitionSpec, WantsAStoreThatHasANumber) {
    EXPECT_THROW(repartition(generations, topics, 8), domain::SetupError);
    generations.fix(2);
    EXPECT_EQ(repartition(generations, topics, 8), Repartitioned::begun);
    EXPECT_EQ(generations.present(), (domain::Generation{2, 8, {}}));
}

TEST_F(RepartitionSpec, IsDoneOnceHoweverOftenItIsAsked) {
    generations.fix(2);
    EXPECT_EQ(repartition(generations, topics, 2), Repartitioned::already);
    store.forget_acknowledgements(1);
    EXPECT_THROW(repartition(generations, topics, 8), domain::WorldError);
    EXPECT_EQ(repartition(generations, topics, 8), Repartitioned::already);
    EXPECT_EQ(generations.present().number, 2);
}

TEST_F(RepartitionSpec, TakesWhatAnotherHasBegunForWhatItIs) {
    generations.fix(2);
    raced.before = [&] { repartition(generations, topics, 8); };
    EXPECT_EQ(repartition(raced, topics, 8), Repartitioned::already);
    EXPECT_EQ(generations.present().number, 2);
    raced.before = [&] { repartition(generations, topics, 5); };
    EXPECT_EQ(repartition(raced, topics, 3), Repartitioned::begun);
    EXPECT_EQ(generations.present(), (domain::Generation{4, 3, {}}));
}

}  // namespace
}  // namespace services::operations
