#include "infra/process/frames.hpp"
#include "infra/process/under_way.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

namespace infra::process {
namespace {

/// What the other end gets of it, byte by byte.
Frame received(const std::string& sent, FrameReader& reader) {
    Frame frame;
    for (std::size_t i = 0; i < sent.size(); ++i) {
        EXPECT_FALSE(reader.next(frame)) << "after " << i << " bytes";
        reader.add({&sent[i], 1});
    }
    EXPECT_TRUE(reader.next(frame));
    return frame;
}

TEST(Frames, BringABatchWithWhatADecisionNeeds) {
    std::vector<domain::StoredCommand> batch;
    for (int n = 1; n <= 3; ++n) batch.push_back({{n}, kit::sample_command(n).command});
    domain::KeyHolders held;
    held.set({"member", "email", "ö@b"}, "ada");
    held.set({"member", "name", "ö@b"}, "bob");
    FrameReader reader;
    const Frame frame = received(batch_frame(batch, held), reader);
    ASSERT_EQ(frame.kind, FrameKind::batch);
    for (auto& [position, command] : batch) {
        command.trace_parent = "";
    }
    EXPECT_EQ(batch_request_of(frame.body).batch, batch);
    EXPECT_EQ(batch_request_of(frame.body).held, held);
}

TEST(Frames, BringHistoriesWantsAndWhatIsForgotten) {
    FrameReader reader;
    const std::vector events{kit::sample_event(1, "a", 1), kit::sample_event(2, "b", 7)};
    const Frame page = received(page_frame(events, true), reader);
    ASSERT_EQ(page.kind, FrameKind::last_page);
    const auto got = page_of(page.body);
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(got[1].stream, events[1].stream);
    EXPECT_EQ(got[1].version, events[1].version);
    EXPECT_EQ(got[1].type, events[1].type);
    EXPECT_EQ(got[1].data, events[1].data);
    EXPECT_EQ(received(page_frame({}, false), reader).kind, FrameKind::page);

    const domain::Wanted wanted{{{"account", "1"}, {"toy", ""}}};
    EXPECT_EQ(wanted_of(received(wanted_frame(wanted), reader).body).streams, wanted.streams);
    const Forgotten gone{{{"account", 3}, {"toy", 0}}, 8};
    EXPECT_EQ(forgotten_of(received(forget_frame(gone), reader).body), gone);
}

TEST(Frames, BringVerdicts) {
    const domain::Verdicts verdicts{
        {{3},
         std::vector<domain::NewEvent>{
             {"added", "{}"},
             {"added",
              R"({"a":"ö"})",
              {"ada", "idp bob"},
              {{domain::KeyChange::What::frees, "email", "a"},
               {domain::KeyChange::What::takes, "email", "b"}}}}},
        {{5}, std::vector<domain::NewEvent>{}},
        {{5}, domain::Rejection{"no", "No.", {{"/a", "missing", "It is missing."}}}},
        {{0}, domain::Failure{"threw", std::string("\0\xff", 2)}}};
    const std::vector<domain::TakenSnapshot> snapshots{
        {{"toy", "a"}, {7}, R"({"a":"ö"})"}, {{"toy", "b"}, {8}, "", "too large"}};
    FrameReader reader;
    const Decided decided = decided_of(received(verdicts_frame(verdicts, snapshots), reader).body);
    EXPECT_EQ(decided.verdicts, verdicts);
    EXPECT_EQ(decided.snapshots, snapshots);
}

TEST(Frames, BringSnapshots) {
    const std::vector<domain::Snapshot> snapshots{
        {{"toy", "a"}, {7}, "{}"}, {{"toy", "b"}, {8}, ""}};
    FrameReader reader;
    const Frame frame = received(restore_frame(FrameKind::restore, snapshots), reader);
    EXPECT_EQ(frame.kind, FrameKind::restore);
    EXPECT_EQ(snapshots_of(frame.body), snapshots);
    EXPECT_TRUE(restored_of(received(restored_frame(true), reader).body));
    EXPECT_FALSE(restored_of(received(restored_frame(false), reader).body));
}

TEST(Frames, BringFolds) {
    FrameReader reader;
    const std::vector events{kit::sample_event(1, "a", 4), kit::sample_event(2, "a", 5)};
    const Frame asked = received(fold_frame(events[0].stream, {3}, events, true), reader);
    ASSERT_EQ(asked.kind, FrameKind::fold);
    const FoldRequest request = fold_request_of(asked.body);
    EXPECT_EQ(request.stream, events[0].stream);
    EXPECT_EQ(request.after.value, 3);
    EXPECT_TRUE(request.last);
    ASSERT_EQ(request.events.size(), 2U);
    EXPECT_EQ(request.events[1].data, events[1].data);

    const std::vector<domain::FoldAnswer> answers{
        "", R"({"a":"ö"})", domain::Lacking{}, domain::Unreadable{std::string("\0\xff", 2)}};
    for (const auto& answer : answers) {
        const std::vector<domain::TakenSnapshot> snapshots{{events[0].stream, {5}, "5"}};
        const Frame frame = received(folded_frame(answer, snapshots), reader);
        ASSERT_EQ(frame.kind, FrameKind::folded);
        EXPECT_EQ(folded_of(frame.body).answer, answer);
        EXPECT_EQ(folded_of(frame.body).snapshots, snapshots);
    }
}

TEST(Frames, NonsenseIsAnExceptionAndNothingElse) {
    const std::string sound = verdicts_frame({{{3}, domain::Rejection{"no", "No.", {}}}}, {});
    const std::string body = sound.substr(5);
    for (std::size_t size = 0; size < body.size(); ++size) {
        EXPECT_THROW(decided_of(body.substr(0, size)), std::runtime_error) << size;
    }
    EXPECT_THROW(batch_request_of("\xff\xff\xff\xff"), std::runtime_error);
    FrameReader reader;
    reader.add("\xff\xff\xff\xff\x01");
    Frame frame;
    EXPECT_THROW(reader.next(frame), std::runtime_error);
}

TEST(Frames, BringAFaultOfAHistory) {
    const domain::HistoryFault fault{{"account", "1"}, {7}, "thrown", true};
    FrameReader reader;
    const Frame frame = received(fault_frame(fault), reader);
    ASSERT_EQ(frame.kind, FrameKind::fault);
    EXPECT_EQ(fault_of(frame.body), fault);
    const domain::StreamKeys own{
        {"account", "1"}, {7}, {{domain::KeyChange::What::takes, "email", "a@b"}}};
    EXPECT_EQ(keys_of(received(keys_frame(own), reader).body), own);
    EXPECT_EQ(received(checked_frame(), reader).kind, FrameKind::checked);
}

TEST(Frames, WhatIsUnderWayIsOneNumber) {
    EXPECT_FALSE(UnderWay::of(UnderWay{}.number(7)).command);
    for (const bool folding : {true, false}) {
        const UnderWay at = UnderWay::of(UnderWay{499, folding}.number(0xffffffff));
        EXPECT_EQ(at.command, 499U);
        EXPECT_EQ(at.folding, folding);
    }
}

}  // namespace
}  // namespace infra::process
