#include "domain/kernel/snapshots.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace domain {
namespace {

using namespace std::chrono_literals;

/// Its state is its snapshot; null cannot be written.
class Texts final : public Aggregate {
  public:
    std::string_view category() const override { return "texts"; }
    std::vector<std::string_view> commands() const override { return {}; }
    std::optional<Rejection> check(std::string_view, std::string_view) const override { return {}; }
    Folded fold(Folded from, std::span<const EventEnvelope>) const override { return from; }
    Allowed may(std::string_view, const Asked&) const override { return Allowed::yes; }
    bool may(std::string_view, const Folded&, const Asked&) const override { return true; }
    bool may_read(const Folded&, const Asked&) const override { return true; }
    Result<Decided> decide(std::string_view, std::string_view, const Folded&, const Asked&)
        const override {
        return Decided{};
    }
    Payload state(const Folded&) const override { return {}; }
    std::string state_form() const override { return form; }
    Payload snapshot(const Folded& state) const override {
        if (!state) throw std::runtime_error("null");
        return *static_cast<const std::string*>(state.get());
    }

    std::string form = "1";
};

class SnapshotTakerSpec : public testing::Test {
  protected:
    std::vector<TakenSnapshot>
    look(std::int64_t version, std::chrono::milliseconds folded = 0ms, const char* text = "x") {
        state.version = {version};
        state.state = text ? std::make_shared<const std::string>(text) : nullptr;
        state.folded = folded;
        taker.look(texts, stream, state, [this] { ++told; });
        return taker.taken();
    }

    Texts texts;
    const StreamId stream{"texts", "1"};
    VersionedState state;
    SnapshotTaker taker{{.events = 10, .fold = 50ms, .bytes_max = 3}};
    int told = 0;
};

TEST_F(SnapshotTakerSpec, TakesOneAfterSoManyEventsSinceTheLast) {
    EXPECT_TRUE(look(9).empty());
    EXPECT_EQ(look(10), (std::vector<TakenSnapshot>{{stream, {10}, "x"}}));
    EXPECT_EQ(told, 1);
    EXPECT_TRUE(look(10).empty());
    EXPECT_TRUE(look(19).empty());
    EXPECT_EQ(look(25).size(), 1U);
    state.kept = {100};  // as it is when it was restored
    EXPECT_TRUE(look(109).empty());
    EXPECT_EQ(look(110).size(), 1U);
}

TEST_F(SnapshotTakerSpec, TakesOneWhereToFoldTookLong) {
    EXPECT_TRUE(look(3, 50ms).empty());
    EXPECT_EQ(look(3, 51ms).size(), 1U);
    EXPECT_TRUE(look(3, 51ms).empty()) << "it has that one";
}

TEST_F(SnapshotTakerSpec, SaysOnceInAWhileWhyThereIsNone) {
    EXPECT_EQ(look(10, 0ms, nullptr).at(0).failure, "null");
    EXPECT_TRUE(look(11, 0ms, nullptr).empty());
    const auto large = look(20, 0ms, "1234");
    EXPECT_EQ(large.at(0).failure, "4 bytes are more than snapshots.bytes_max");
    EXPECT_EQ(large.at(0).state, "");
}

TEST_F(SnapshotTakerSpec, TakesNoneOfWhatCannotBeKeptOrIsNotWanted) {
    texts.form = "";
    EXPECT_TRUE(look(10).empty());
    texts.form = "1";
    taker = SnapshotTaker({.events = 0});
    EXPECT_TRUE(look(20, 1h).empty());
}

}  // namespace
}  // namespace domain
