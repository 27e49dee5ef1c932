#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/ports/folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace contract {

/// Counts its events, and shows what the last one was. Does what the type of an event says; "mute"
/// lets it throw when it is shown.
class FragileAggregate final : public domain::Aggregate {
  public:
    std::string_view category() const override { return "fragile"; }
    std::vector<std::string_view> commands() const override { return {}; }
    std::optional<domain::Rejection> check(std::string_view, std::string_view) const override {
        return std::nullopt;
    }
    domain::Folded fold(domain::Folded from, std::span<const domain::EventEnvelope> events)
        const override {
        State state = from ? *static_cast<const State*>(from.get()) : State{};
        for (const auto& event : events) {
            if (event.type == "throw") throw std::runtime_error("thrown on purpose");
            if (event.type == "throw-int") throw 7;
            if (event.type == "no-memory") throw std::bad_alloc();
            if (event.type == "abort") std::abort();
            if (event.type == "exit") std::exit(0);
            for (volatile bool loops = event.type == "loop"; loops;) {
            }
            ++state.count;
            state.type = event.type;
        }
        return std::make_shared<const State>(state);
    }
    domain::Allowed may(std::string_view, const domain::Asked&) const override {
        return domain::Allowed::no;
    }
    bool may(std::string_view, const domain::Folded&, const domain::Asked&) const override {
        return false;
    }
    /// As the subject says.
    bool may_read(const domain::Folded& state, const domain::Asked& asked) const override {
        if (asked.user.subject == "throw") throw std::runtime_error("thrown on purpose");
        if (asked.user.subject == "abort") std::abort();
        for (volatile bool loops = asked.user.subject == "loop"; loops;) {
        }
        return asked.has_role("reader") && (state == nullptr) == (asked.version.value == 0);
    }
    domain::Result<domain::Decided>
    decide(std::string_view, std::string_view, const domain::Folded&, const domain::Asked&)
        const override {
        return domain::Rejection{"not-needed", "Nobody decides here."};
    }
    /// Its last type, if that is one to keep.
    domain::Reservations reserves(const domain::Folded& folded) const override {
        const State& state = *static_cast<const State*>(folded.get());
        if (state.type == "throw-keys") throw std::runtime_error("no keys on purpose");
        return {{"type", state.type.starts_with("own-") ? state.type : std::string()}};
    }
    domain::Payload state(const domain::Folded& folded) const override {
        const State& state = *static_cast<const State*>(folded.get());
        if (state.type == "mute") throw 7;
        return std::to_string(state.count) + ' ' + state.type;
    }
    std::string state_form() const override { return "1"; }
    domain::Payload snapshot(const domain::Folded& folded) const override {
        const State& state = *static_cast<const State*>(folded.get());
        if (state.type == "unwritable") throw 7;
        return std::to_string(state.count);
    }
    domain::Folded restore(std::string_view snapshot) const override {
        if (snapshot == "abort") std::abort();
        for (volatile bool loops = snapshot == "loop"; loops;) {
        }
        return std::make_shared<const State>(State{std::stoi(std::string(snapshot)), "restored"});
    }

  private:
    struct State {
        int count = 0;
        std::string type;
    };
};

inline std::vector<domain::AggregatePtr> fragile_aggregates() {
    std::vector<domain::AggregatePtr> all;
    all.push_back(std::make_unique<FragileAggregate>());
    return all;
}

/// A folder of fragile_aggregates() that keeps `folder_states_max` states, and takes snapshots.
using MakeFolder = std::unique_ptr<domain::Folder> (*)();
inline constexpr std::size_t folder_states_max = 3;
inline constexpr domain::SnapshotPolicy folder_snapshots{
    .events = 10,
    .fold = std::chrono::milliseconds(0),
    .bytes_max = 1'000};

class FolderSuite : public testing::TestWithParam<MakeFolder> {
  protected:
    domain::FoldAnswer fold(
        const std::string& entity,
        std::int64_t after,
        const std::vector<std::string>& types,
        bool last = true
    ) {
        const domain::StreamId stream{"fragile", entity};
        std::vector<domain::EventEnvelope> events;
        for (const auto& type : types) {
            domain::EventEnvelope event;
            event.stream = stream;
            event.version = {after + 1 + static_cast<std::int64_t>(events.size())};
            event.type = type;
            events.push_back(event);
        }
        return folder->fold(stream, {after}, events, last);
    }

    void expect_unreadable(const std::vector<std::string>& types, const std::string& why) {
        const auto answer = fold("spoiled", 0, types);
        const auto* unreadable = std::get_if<domain::Unreadable>(&answer);
        ASSERT_TRUE(unreadable) << types.back();
        EXPECT_NE(unreadable->reason.find(why), std::string::npos) << unreadable->reason;
    }

    domain::ReadAnswer may_read(
        const std::string& entity,
        std::int64_t version,
        const std::string& subject = "ada",
        const std::string& claims = R"({"in":{"groups":["reader"]}})"
    ) {
        domain::Asked asked;
        asked.user = {subject, claims, "issuer"};
        asked.version = {version};
        asked.claim_names.roles = "in.groups";
        return folder->may_read({"fragile", entity}, asked);
    }

    bool restore(const std::string& entity, std::int64_t version, const std::string& state) {
        return folder->restore({.stream = {"fragile", entity}, .version = {version}, .state = state}
        );
    }

    static domain::FoldAnswer shown(const std::string& json) { return json; }

    const std::unique_ptr<domain::Folder> folder = GetParam()();
};

TEST_P(FolderSuite, GoesOnPageByPage) {
    EXPECT_EQ(fold("a", 0, {"one", "two"}, false), shown(""));
    EXPECT_EQ(fold("b", 0, {"one"}), shown("1 one"));
    EXPECT_EQ(fold("a", 2, {"three"}, false), shown(""));
    EXPECT_EQ(fold("a", 3, {}), shown("3 three"));
    EXPECT_EQ(fold("a", 3, {"four"}), shown("4 four"));
    const std::vector<std::string> many(1'234, "more");
    EXPECT_EQ(fold("a", 4, many), shown("1238 more"));
}

TEST_P(FolderSuite, SaysWhatItHasNotGot) {
    EXPECT_EQ(fold("a", 2, {"three"}), domain::FoldAnswer(domain::Lacking{}));
    fold("a", 0, {"one", "two", "three"});
    EXPECT_EQ(fold("a", 2, {"three"}), domain::FoldAnswer(domain::Lacking{}));
    EXPECT_EQ(fold("a", 4, {"five"}), domain::FoldAnswer(domain::Lacking{}));
}

TEST_P(FolderSuite, BeginsAnewWhereItIsTold) {
    fold("a", 0, {"one", "two", "three"});
    EXPECT_EQ(fold("a", 0, {"other"}), shown("1 other"));
    EXPECT_EQ(fold("a", 1, {"next"}), shown("2 next"));
}

TEST_P(FolderSuite, KeepsTheStatesThatWereUsedLast) {
    for (const char* entity : {"a", "b", "c"}) fold(entity, 0, {"one"});
    fold("a", 1, {"two"});
    fold("d", 0, {"one"});
    EXPECT_EQ(fold("b", 1, {"two"}), domain::FoldAnswer(domain::Lacking{}));
    EXPECT_EQ(fold("a", 2, {"three"}), shown("3 three"));
}

TEST_P(FolderSuite, AnswersWhateverIsThrown) {
    fold("a", 0, {"one"});
    expect_unreadable({"one", "throw"}, "thrown on purpose");
    expect_unreadable({"throw-int"}, "no std::exception");
    expect_unreadable({"mute"}, "cannot be shown");
    EXPECT_EQ(fold("a", 1, {"two"}), shown("2 two")) << "no other is lost by it";
}

TEST_P(FolderSuite, SaysWhoMayReadWhatItHasFolded) {
    const domain::ReadAnswer yes(true), no(false), lacking(domain::Lacking{});
    fold("a", 0, {"one", "two"});
    EXPECT_EQ(may_read("a", 2), yes);
    EXPECT_EQ(may_read("a", 2, "ada", R"({"in":{"groups":[]}})"), no);
    EXPECT_EQ(may_read("a", 2, "ada", "{}"), no);
    EXPECT_EQ(may_read("none", 0), yes) << "of a state that nothing has happened to";
    EXPECT_EQ(may_read("a", 1), lacking);
    EXPECT_EQ(may_read("a", 3), lacking);
    EXPECT_EQ(may_read("none", 1), lacking);
    const auto thrown = may_read("a", 2, "throw");
    ASSERT_TRUE(std::holds_alternative<domain::Unreadable>(thrown));
    EXPECT_NE(std::get<domain::Unreadable>(thrown).reason.find("on purpose"), std::string::npos);
    EXPECT_EQ(may_read("a", 2), yes);
}

TEST_P(FolderSuite, GoesOnBehindASnapshot) {
    EXPECT_TRUE(restore("a", 100, "100"));
    EXPECT_EQ(fold("a", 100, {}), shown("100 restored"));
    EXPECT_EQ(fold("a", 100, {"next"}), shown("101 next"));
    EXPECT_FALSE(restore("a", 200, "no number"));
    EXPECT_EQ(fold("a", 101, {"next"}), shown("102 next")) << "what it had stays";
}

TEST_P(FolderSuite, TakesSnapshotsWhereTheyAreDue) {
    using Taken = std::vector<domain::TakenSnapshot>;
    const std::vector<std::string> nine(9, "one");
    fold("a", 0, nine);
    EXPECT_EQ(folder->snapshots(), Taken{});
    fold("a", 9, {"one"}, false);
    EXPECT_EQ(folder->snapshots(), Taken{}) << "more is to come";
    fold("a", 10, {"one"});
    EXPECT_EQ(folder->snapshots(), (Taken{{{"fragile", "a"}, {11}, "11"}}));
    EXPECT_EQ(folder->snapshots(), Taken{});
    restore("b", 100, "100");
    fold("b", 100, nine);
    EXPECT_EQ(folder->snapshots(), Taken{});
    EXPECT_EQ(fold("b", 109, {"unwritable"}), shown("110 unwritable"));
    ASSERT_FALSE(folder->snapshots().at(0).failure.empty());
}

}  // namespace contract
