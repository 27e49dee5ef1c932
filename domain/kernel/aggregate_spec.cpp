#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/error.hpp"
#include "tests/kit/toy_aggregate.hpp"

#include <gtest/gtest.h>

namespace domain {
namespace {

/// A toy under other names.
class Named final : public Aggregate {
  public:
    Named(std::string_view category, std::vector<std::string_view> commands)
        : category_(category), commands_(std::move(commands)) {}

    std::string_view category() const override { return category_; }
    std::vector<std::string_view> commands() const override { return commands_; }
    std::optional<Rejection> check(std::string_view name, std::string_view data) const override {
        return toy_.check(name, data);
    }
    Folded fold(Folded from, std::span<const EventEnvelope> events) const override {
        return toy_.fold(std::move(from), events);
    }
    Allowed may(std::string_view name, const Asked& asked) const override {
        return toy_.may(name, asked);
    }
    bool may(std::string_view name, const Folded& state, const Asked& asked) const override {
        return toy_.may(name, state, asked);
    }
    bool may_read(const Folded& state, const Asked& asked) const override {
        return toy_.may_read(state, asked);
    }
    Result<Decided> decide(
        std::string_view name,
        std::string_view data,
        const Folded& state,
        const Asked& asked
    ) const override {
        return toy_.decide(name, data, state, asked);
    }
    Payload state(const Folded& state) const override { return toy_.state(state); }

  private:
    const kit::ToyAggregate toy_;
    const std::string_view category_;
    const std::vector<std::string_view> commands_;
};

/// What is thrown when these start; empty if they do.
std::string refusal(std::vector<std::pair<std::string_view, std::vector<std::string_view>>> names) {
    std::vector<AggregatePtr> all;
    for (auto& [category, commands] : names)
        all.push_back(std::make_unique<Named>(category, std::move(commands)));
    const std::size_t count = all.size();
    try {
        EXPECT_EQ(checked(std::move(all)).size(), count);
        return "";
    } catch (const SetupError& error) {
        return error.what();
    }
}

}  // namespace

TEST(Aggregates, LiveTogetherWithNamesOfTheirOwn) {
    EXPECT_EQ(refusal({{"a", {"open", "close"}}, {"b", {"open"}}, {"a-b", {}}, {"a_b", {}}}), "");
    EXPECT_EQ(
        refusal({{"a", {}}, {"b", {}}, {"a", {}}}),
        "two aggregates have the category \"a\": give each one of its own"
    );
    EXPECT_EQ(
        refusal({{"a", {"open", "close", "open"}}}),
        "the command \"open\" of the aggregate \"a\" is there twice: give each a name of its own"
    );
}

TEST(Aggregates, HaveNamesForTopicsAndUrls) {
    using Names = std::vector<std::string>;
    const std::string long_name(101, 'a');
    for (const auto& name : Names{"", "a/b", "a b", "a.b", "$a", ".", "ä", "command", long_name})
        EXPECT_TRUE(refusal({{name, {}}}).starts_with("the category \"" + name)) << name;
    for (const auto& name : Names{"", "a/b", "a b", "..", "ä", "%61", long_name})
        EXPECT_TRUE(refusal({{"a", {name}}}).starts_with("the command \"" + name)) << name;
    EXPECT_EQ(refusal({{"Account-2_x", {"open.v2", "re-open", "2"}}}), "");
}

}  // namespace domain
