#include "domain/kernel/outcome.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

namespace domain {

TEST(Outcome, NamesTheCommand) {
    EXPECT_EQ(
        unchanged(kit::sample_command(1, "42").command),
        (NewEvent{"unchanged", R"({"category":"account","entity":"42","name":"deposit"})"})
    );
}

TEST(Outcome, SaysWhyItIsNo) {
    Rejection rejection{"too-much", "That is too much.", {{"/cents", "out-of-range", "No."}}};
    EXPECT_EQ(
        rejected(kit::sample_command(1, "42").command, rejection),
        (NewEvent{
            "rejected",
            R"({"category":"account","entity":"42","name":"deposit","code":"too-much",)"
            R"("message":"That is too much.",)"
            R"("errors":[{"location":"/cents","code":"out-of-range","message":"No."}]})"})
    );
}

TEST(Outcome, TellsAFaultWhateverItsBytes) {
    EXPECT_EQ(
        failed(kit::sample_command(1, "42").command, "threw", "bad \xff \"byte\""),
        (NewEvent{
            "failed",
            R"({"category":"account","entity":"42","name":"deposit","code":"threw",)"
            "\"message\":\"bad \xEF\xBF\xBD \\\"byte\\\"\",\"errors\":[]}"})
    );
}

}  // namespace domain
