#pragma once

#include "domain/ports/history_checker.hpp"
#include "tests/contract/folder_suite.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
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

    void leave_out() { ++version_; }

    /// "entity version reason" of each stream that is at fault.
    std::vector<std::string> faults() {
        std::vector<std::string> faults;
        checker_->check(page_, [&](const domain::HistoryFault& fault) {
            EXPECT_EQ(fault.stream.category, "fragile");
            faults.push_back(
                fault.stream.entity + ' ' + std::to_string(fault.version.value) + ' ' + fault.reason
            );
        });
        page_.clear();
        return faults;
    }

    using Faults = std::vector<std::string>;

  private:
    const std::unique_ptr<domain::HistoryChecker> checker_ = GetParam()();
    std::vector<domain::EventEnvelope> page_;
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

}  // namespace contract
