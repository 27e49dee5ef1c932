#include "infra/postgres/array_text.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace infra::postgres {
namespace {

using namespace std::string_view_literals;

TEST(ArrayText, OfNothingIsEmpty) { EXPECT_EQ(ArrayText().take(), "{}"); }

TEST(ArrayText, QuotesTextSoThatNothingInItCanEndIt) {
    ArrayText array;
    array.add(R"({"a":"\n"},)"sv);
    array.add(""sv);
    array.add("NULL"sv);
    EXPECT_EQ(std::move(array).take(), R"({"{\"a\":\"\\n\"},","","NULL"})");
}

TEST(ArrayText, HoldsNumbersTruthsAndNothings) {
    ArrayText array;
    array.add(std::int64_t{-7});
    array.add(true);
    array.add(false);
    array.add_null();
    EXPECT_EQ(std::move(array).take(), "{-7,t,f,NULL}");
}

TEST(ArrayText, RefusesNul) {
    ArrayText array;
    EXPECT_THROW(array.add("a\0b"sv), std::invalid_argument);
}

}  // namespace
}  // namespace infra::postgres
