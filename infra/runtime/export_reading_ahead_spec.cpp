#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_store_export.hpp"
#include "infra/runtime/export_reading_ahead.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

namespace infra::runtime {
namespace {

TEST(ExportReadingAhead, ReadsTheSameRows) {
    memory::MemoryStore store;
    memory::MemoryCommandLog log(store);
    for (int n = 1; n <= 10; ++n) log.append(std::vector{kit::sample_command(n)});
    memory::MemoryStoreExport rows(store);
    ExportReadingAhead ahead(rows);
    using Position = domain::Position;
    const std::vector<std::pair<Position, Position>> ranges{
        {{0}, {3}}, {{3}, {6}}, {{6}, {8}}, {{8}, {9}}, {{2}, {4}}, {{4}, {20}}, {{20}, {22}}};
    for (const auto& [after, up_to] : ranges) {
        EXPECT_EQ(ahead.commands(after, up_to), rows.commands(after, up_to)) << after.value;
        if (after.value == 3) EXPECT_EQ(ahead.end(domain::Log::commands).head, Position{10});
        if (after.value == 6) EXPECT_TRUE(ahead.events({0}, {5}).empty());
    }
    EXPECT_TRUE(ahead.letters({0}, 1).empty());
}

}  // namespace
}  // namespace infra::runtime
