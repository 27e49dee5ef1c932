#pragma once

#include <gtest/gtest-spi.h>

#include <string>

namespace kit {

/// What a failing spec says: for each failure its line in the spec's file, and all of its text.
template <class Spec>
std::string failures(Spec spec) {
    testing::TestPartResultArray results;
    {
        const testing::ScopedFakeTestPartResultReporter reporter(
            testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results
        );
        spec();
    }
    std::string text;
    for (int i = 0; i < results.size(); ++i) {
        const auto& result = results.GetTestPartResult(i);
        EXPECT_TRUE(result.nonfatally_failed());
        EXPECT_TRUE(std::string(result.file_name()).ends_with("_spec.cpp")) << result.file_name();
        text += std::to_string(result.line_number()) + ": " + result.message();
    }
    return text;
}

}  // namespace kit
