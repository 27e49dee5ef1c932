#include "infra/process/child_folder.hpp"
#include "infra/process/child_history_checker.hpp"
#include "infra/process/local_folder.hpp"
#include "infra/process/local_history_checker.hpp"
#include "infra/process/serve.hpp"
#include "tests/contract/folder_suite.hpp"
#include "tests/contract/history_checker_suite.hpp"

namespace contract {
namespace {

using namespace infra::process;

const std::vector<domain::AggregatePtr> aggregates = fragile_aggregates();

std::unique_ptr<domain::Folder> make_local_folder() {
    return std::make_unique<LocalFolder>(aggregates, folder_states_max, folder_snapshots);
}

std::unique_ptr<domain::Folder> make_child_folder() {
    const ChildrenSettings settings{.arguments = {"child"}, .spares = 1};
    return std::make_unique<ChildFolder>(settings, std::chrono::milliseconds(100));
}

INSTANTIATE_TEST_SUITE_P(Local, FolderSuite, testing::Values(&make_local_folder));
INSTANTIATE_TEST_SUITE_P(Child, FolderSuite, testing::Values(&make_child_folder));

/// What only a process of its own survives.
class ChildFolderSuite : public FolderSuite {};
INSTANTIATE_TEST_SUITE_P(Child, ChildFolderSuite, testing::Values(&make_child_folder));

TEST_P(ChildFolderSuite, AnswersWhateverEndsItsProcess) {
    for (int i = 0; i < 2; ++i) {
        expect_unreadable({"one", "abort"}, "signal 6");
        expect_unreadable({"exit"}, "exit code 0");
        expect_unreadable({"loop"}, "no end after 100 ms");
        EXPECT_EQ(fold("a", 0, {"one"}), shown("1 one"));
        EXPECT_EQ(fold("a", 1, {"two"}), shown("2 two"));
    }
}

TEST_P(ChildFolderSuite, LosesTheStatesWithTheProcess) {
    for (const char* type : {"abort", "no-memory"}) {
        fold("a", 0, {"one"});
        expect_unreadable({type}, "signal 6");
        EXPECT_EQ(fold("a", 1, {"two"}), domain::FoldAnswer(domain::Lacking{})) << type;
    }
}

TEST_P(ChildFolderSuite, OutlivesASnapshotThatEndsItsProcess) {
    for (const char* deadly : {"abort", "loop"}) {
        EXPECT_FALSE(restore("a", 100, deadly));
        EXPECT_EQ(fold("a", 0, {"one"}), shown("1 one"));
    }
}

std::unique_ptr<domain::HistoryChecker> make_local_checker() {
    return std::make_unique<LocalHistoryChecker>(aggregates);
}

std::unique_ptr<domain::HistoryChecker> make_child_checker() {
    const ChildrenSettings settings{.arguments = {"child"}, .spares = 0};
    return std::make_unique<ChildHistoryChecker>(settings, std::chrono::milliseconds(100));
}

INSTANTIATE_TEST_SUITE_P(Local, HistoryCheckerSuite, testing::Values(&make_local_checker));
INSTANTIATE_TEST_SUITE_P(Child, HistoryCheckerSuite, testing::Values(&make_child_checker));

class ChildHistoryCheckerSuite : public HistoryCheckerSuite {};
INSTANTIATE_TEST_SUITE_P(Child, ChildHistoryCheckerSuite, testing::Values(&make_child_checker));

TEST_P(ChildHistoryCheckerSuite, TellsWhateverEndsItsProcessAndGoesOn) {
    add("a", {"throw"});
    add("b", {"one", "abort", "throw"});
    add("c", {"throw"});
    add("d", {"loop"});
    add("e", {"no-memory"});
    const auto all = faults();
    ASSERT_EQ(all.size(), 5u);
    EXPECT_EQ(all[0], "a 1 thrown on purpose");
    EXPECT_NE(all[1].find("signal 6"), std::string::npos) << all[1];
    EXPECT_TRUE(all[1].ends_with(", at this event or one of the next")) << all[1];
    EXPECT_EQ(all[2], "c 1 thrown on purpose");
    EXPECT_EQ(all[3], "d 1 no end after 100 ms, at this event or one of the next");
    EXPECT_TRUE(all[4].starts_with("e 1 ")) << all[4];
    add("e", {"one"});
    add("f", {"one", "throw"});
    EXPECT_EQ(faults(), Faults{"f 2 thrown on purpose"}) << "what was lost is not begun anew";
}

TEST_P(ChildHistoryCheckerSuite, GoesOnBehindASnapshotThatEndsItsProcess) {
    add("a", {"own-a"});
    keep("2");
    add("b", {"one"});
    keep("abort");
    add("b", {"two"});
    add("c", {"own-c"});
    keep("2");
    const auto all = faults();
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0], "a 1 snapshot: its events come to another state");
    EXPECT_TRUE(all[1].starts_with("b 1 ended by signal 6")) << all[1];
    EXPECT_EQ(all[2], "c 1 snapshot: its events come to another state");
    EXPECT_EQ(keys(), (Faults{"a 1 type=own-a", "c 1 type=own-c"}));
}

}  // namespace
}  // namespace contract

/// A test, or with an argument of its own the process that one started.
int main(int count, char** arguments) {
    if (count == 2 && std::string_view(arguments[1]) == "child") {
        const auto make = [](const infra::process::TellUnderWay& tell) {
            auto folder = std::make_unique<infra::process::LocalFolder>(
                contract::aggregates,
                contract::folder_states_max,
                contract::folder_snapshots,
                [tell] { tell(0, true); }
            );
            auto checker = std::make_unique<infra::process::LocalHistoryChecker>(
                contract::aggregates, [tell](std::size_t event) { tell(event, true); }
            );
            return infra::process::Served{nullptr, std::move(folder), std::move(checker)};
        };
        infra::process::serve(infra::process::become_child(0), make);
        return 0;
    }
    testing::InitGoogleTest(&count, arguments);
    return RUN_ALL_TESTS();
}
