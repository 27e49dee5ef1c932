#pragma once

#include "domain/ports/history_checker.hpp"
#include "tests/contract/folder_suite.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace contract {

/// A checker of fragile_aggregates().
using MakeHistoryChecker = std::unique_ptr<domain::HistoryChecker> (*)();

class HistoryCheckerSuite : public testing::TestWithParam<MakeHistoryChecker> {
  protected:
    /// Adds events of these types to the page, behind those that the stream has.
    void add(const std::string& entity, const std::vector<std::string>& types) {
        if (entity != entity_) version_ = 0;
        entity_ = entity;
        for (const auto& type : types) {
            domain::EventEnvelope event;
            event.stream = {"fragile", entity};
            event.version = {++version_};
            event.type = type;
            page_.push_back(event);
        }
    }

    /// With a snapshot at the stream's present version.
    void keep(const std::string& state) {
        kept_.push_back({.stream = {"fragile", entity_}, .version = {version_}, .state = state});
    }

    void leave_out() { ++version_; }

    /// "entity version reason" of each stream that is at fault.
    std::vector<std::string> faults() {
        std::vector<std::string> faults;
        const auto tell = [&](const domain::HistoryFault& fault) {
            EXPECT_EQ(fault.stream.category, "fragile");
            faults.push_back(
                fault.stream.entity + ' ' + std::to_string(fault.version.value) + ' ' +
                (fault.of_snapshot ? "snapshot: " : "") + fault.reason
            );
        };
        const auto tell_keys = [&](const domain::StreamKeys& own) {
            std::string line = own.stream.entity + ' ' + std::to_string(own.version.value);
            for (const auto& change : own.keys) line += ' ' + change.scope + '=' + change.key;
            keys_.push_back(line);
        };
        checker_->check(page_, kept_, {.fault = tell, .keys = tell_keys});
        page_.clear();
        kept_.clear();
        return faults;
    }

    /// "entity version scope=key" of each that was told since the last call.
    std::vector<std::string> keys() { return std::exchange(keys_, {}); }

    using Faults = std::vector<std::string>;

  private:
    const std::unique_ptr<domain::HistoryChecker> checker_ = GetParam()();
    std::vector<domain::EventEnvelope> page_;
    std::vector<domain::Snapshot> kept_;
    std::vector<std::string> keys_;
    std::string entity_;
    std::int64_t version_ = 0;
};

TEST_P(HistoryCheckerSuite, SaysNothingOfWhatFolds) {
    EXPECT_EQ(faults(), Faults{});
    add("a", {"one", "two"});
    add("b", std::vector<std::string>(250, "one"));
    EXPECT_EQ(faults(), Faults{});
}

TEST_P(HistoryCheckerSuite, TellsTheFirstFaultOfEachStream) {
    add("a", {"one", "throw", "throw-int"});
    add("b", {"one"});
    add("c", std::vector<std::string>(149, "one"));
    add("c", {"throw-int", "throw"});
    add("d", {"throw"});
    EXPECT_EQ(
        faults(),
        (Faults{
            "a 2 thrown on purpose",
            "c 150 threw something that is no std::exception",
            "d 1 thrown on purpose"})
    );
}

TEST_P(HistoryCheckerSuite, GoesOnPageByPage) {
    add("a", {"one"});
    EXPECT_EQ(faults(), Faults{});
    add("a", {"two", "throw"});
    EXPECT_EQ(faults(), Faults{"a 3 thrown on purpose"});
    add("a", {"throw"});
    add("b", {"one"});
    EXPECT_EQ(faults(), Faults{}) << "told already";
}

TEST_P(HistoryCheckerSuite, MissesAVersion) {
    add("a", {"one"});
    leave_out();
    add("a", {"three", "four"});
    EXPECT_EQ(faults(), Faults{"a 3 it follows on version 1"});
}

TEST_P(HistoryCheckerSuite, BeginsAStreamAnew) {
    add("a", {"one", "throw"});
    EXPECT_EQ(faults(), Faults{"a 2 thrown on purpose"});
    add("", {});
    add("a", {"one", "own-a"});
    EXPECT_EQ(faults(), Faults{});
    EXPECT_EQ(keys(), Faults{"a 2 type=own-a"});
}

TEST_P(HistoryCheckerSuite, TellsSnapshotsThatTheirEventsDoNotComeTo) {
    add("a", std::vector<std::string>(120, "one"));
    keep("120");
    add("a", {"two"});
    add("b", {"one", "two"});
    keep("3");
    add("b", {"three"});
    keep("3");
    add("c", {"throw"});
    keep("1");
    add("d", {"one"});
    keep("nonsense");
    EXPECT_EQ(
        faults(),
        (Faults{
            "b 2 snapshot: its events come to another state",
            "c 1 thrown on purpose",
            "d 1 snapshot: stoi"})
    );
    add("d", {"two"});
    keep("1");
    EXPECT_EQ(faults(), Faults{"d 2 snapshot: its events come to another state"});
}

TEST_P(HistoryCheckerSuite, TellsTheKeysAtTheLastEventOfEachStream) {
    add("a", {"own-x", "own-y"});
    add("b", {"own-x", "one"});
    add("c", {"own-x", "throw"});
    add("d", {"throw-keys"});
    add("e", {"own-z"});
    EXPECT_EQ(
        faults(),
        (Faults{"c 2 thrown on purpose", "d 1 the keys that it reserves: no keys on purpose"})
    );
    EXPECT_EQ(keys(), (Faults{"a 2 type=own-y", "e 1 type=own-z"}));
    add("e", {"one"});
    EXPECT_EQ(faults(), Faults{});
    EXPECT_EQ(keys(), Faults{});
}

}  // namespace contract
