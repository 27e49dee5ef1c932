#include "bench/load/ledger.hpp"

#include <gtest/gtest.h>

using bench::CommandId;
using bench::Ledger;
using bench::parse_command_id;
using bench::Time;
using std::chrono::milliseconds;

namespace {

Time at(int ms) { return Time(milliseconds(ms)); }

}  // namespace

TEST(Ledger, EveryAcceptedCommandAnsweredOnceIsInOrder) {
    Ledger ledger(10);
    ledger.accepted(CommandId{1, 1}, 7, at(0), at(1));
    EXPECT_TRUE(ledger.answered(CommandId{1, 1}, 7, at(2)));
    EXPECT_TRUE(ledger.answered(CommandId{1, 2}, 7, at(3)));  // overtakes its 202
    ledger.accepted(CommandId{1, 2}, 7, at(0), at(4));
    const auto counts = ledger.counts();
    EXPECT_EQ(counts.accepted, 2);
    EXPECT_EQ(counts.answered, 2);
    EXPECT_EQ(counts.missing + counts.doubled + counts.stray + counts.reissued, 0);
}

TEST(Ledger, SeesMissingDoubledStrayAndReissued) {
    Ledger ledger(10);
    ledger.accepted(CommandId{0, 1}, 1, at(0), at(1));  // never answered
    ledger.accepted(CommandId{0, 2}, 1, at(0), at(1));
    ledger.answered(CommandId{0, 2}, 1, at(2));
    EXPECT_FALSE(ledger.answered(CommandId{0, 2}, 1, at(2)));  // doubled
    ledger.answered(CommandId{0, 3}, 1, at(2));                // nobody asked
    ledger.accepted(CommandId{0, 4}, 1, at(0), at(1));
    ledger.answered(CommandId{0, 4}, 2, at(2));  // told another user, so missing as well
    ledger.answered(CommandId{0, 5}, 2, at(2));  // the same, before the 202
    ledger.accepted(CommandId{0, 5}, 1, at(0), at(3));
    ledger.accepted(CommandId{0, 2}, 1, at(5), at(6));  // an id for the second time
    const auto counts = ledger.counts();
    EXPECT_EQ(counts.accepted, 4);
    EXPECT_EQ(counts.answered, 1);
    EXPECT_EQ(counts.missing, 3);
    EXPECT_EQ(counts.doubled, 1);
    EXPECT_EQ(counts.stray, 3);
    EXPECT_EQ(counts.reissued, 1);
}

TEST(Ledger, MeasuresFromWhenACommandWasDueAndOnlyInsideTheWindow) {
    Ledger ledger(10);
    ledger.measure({at(100), at(200)});
    ledger.accepted(CommandId{0, 1}, 1, at(99), at(101));  // due before, accepted inside
    ledger.accepted(CommandId{0, 2}, 1, at(150), at(250));
    ledger.answered(CommandId{0, 1}, 1, at(110));
    ledger.answered(CommandId{0, 2}, 1, at(300));
    EXPECT_EQ(ledger.accepted_in_window(), 1);
    EXPECT_EQ(ledger.answered_in_window(), 1);
    EXPECT_EQ(ledger.to_202().count(), 1);
    EXPECT_EQ(ledger.to_202().max(), milliseconds(100));
    EXPECT_EQ(ledger.to_answer().max(), milliseconds(150));
}

TEST(Ledger, ReadsUuidsAndNothingElse) {
    const auto id = parse_command_id("01234567-89ab-cdef-0123-456789abcdef");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->high, 0x0123456789abcdefU);
    EXPECT_EQ(id->low, 0x0123456789abcdefU);
    EXPECT_FALSE(parse_command_id(""));
    EXPECT_FALSE(parse_command_id("01234567-89ab-cdef-0123-456789abcdeg"));
    EXPECT_FALSE(parse_command_id("01234567-89ab-cdef-0123-456789abcdef0"));
}
