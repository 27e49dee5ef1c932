#include "domain/kernel/archive.hpp"
#include "domain/kernel/base64.hpp"
#include "domain/kernel/json_document.hpp"
#include "domain/kernel/outcome.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

namespace domain {
namespace {

ArchivedCommand command(int n = 1) {
    auto [envelope, fingerprint] = kit::sample_command(n);
    envelope.causation_id = n % 2 == 0 ? kit::sample_id(9) : "";
    return {{{n}, std::move(envelope)}, std::move(fingerprint), {3, {7}}};
}

EventEnvelope event(int n = 1) {
    auto event = kit::sample_event(n, "ada's", n);
    event.position = {n};
    return event;
}

template <class Row>
std::string line_of(const Row& row) {
    std::string lines;
    add_line(lines, row);
    EXPECT_EQ(lines.find('\n'), lines.size() - 1);
    lines.pop_back();
    EXPECT_FALSE(JsonDocument(lines).fault()) << lines;
    return lines;
}

TEST(ArchiveLines, BringEveryFieldBack) {
    for (const int n : {1, 2}) {
        EXPECT_EQ(archived_command(line_of(command(n))), command(n));
        auto heard = event(n);
        heard.hears = {"bob", "idp \"eve\""};
        EXPECT_EQ(archived_event(line_of(event(n))), event(n));
        EXPECT_EQ(archived_event(line_of(heard)), heard);
    }
}

TEST(ArchiveLines, BringOutcomesBack) {
    auto outcome = event();
    outcome.stream = {std::string(outcome_category), kit::sample_id(1)};
    outcome.type = outcome_rejected;
    EXPECT_EQ(archived_event(line_of(outcome)), outcome);
    EXPECT_NE(line_of(outcome).find(R"("type":"command.rejected")"), std::string::npos);
}

TEST(ArchiveLines, BringDataBackByteForByte) {
    for (const std::string data :
         {"{}",
          R"({"a":1,"data":{"b":"}"} , "c":[ ]})",
          "{\n  \"a\":\r\n1}",
          "1.00",
          "\"\\u0000\"",
          ""}) {
        auto row = command();
        row.stored.command.data = data;
        std::string lines;
        add_line(lines, row);
        lines.pop_back();
        EXPECT_EQ(lines.find('\n'), lines.npos);
        EXPECT_EQ(archived_command(lines), row) << lines;
    }
}

TEST(ArchiveLines, BringTextsBackThatLookLikeOthers) {
    auto row = event();
    row.issuer.subject = R"(a","data":{"x":1})";
    row.issuer.claims = "{\"n\":\t\"\\ud83d\\ude00\"}\n";
    row.correlation_id = "\x01\x1f\x7f\\\"✓";
    row.stream.entity = R"(","data":)";
    EXPECT_EQ(archived_event(line_of(row)), row);
}

TEST(ArchiveLines, AreRefusedWhereAnythingIsMissingOrAnother) {
    const std::string line = line_of(event());
    for (std::size_t size = 0; size < line.size(); ++size)
        EXPECT_FALSE(archived_event(line.substr(0, size))) << size;
    for (const std::string& wrong : {
             line + "}x",
             line + "}",
             line_of(command()),
             std::string("{}"),
             std::string("[1]"),
             std::string(R"({"specversion":"1.0"})"),
         })
        EXPECT_FALSE(archived_event(wrong)) << wrong;
    EXPECT_FALSE(archived_command(line));
    const auto with = [&](std::string from, const std::string& to) {
        std::string changed = line;
        changed.replace(changed.find(from), from.size(), to);
        EXPECT_FALSE(archived_event(changed)) << changed;
    };
    with(R"("position":1)", R"("position":1.5)");
    with(R"("position":1)", R"("position":99999999999999999999)");
    with(R"("ordinal":0)", R"("ordinal":1)");  // another id
    with("account.deposited", "invoice.deposited");
    with("specversion\":\"1.0", "specversion\":\"1.1");
    with(R"(,"data":)", R"(,"more":1,"data":)");
}

TEST(Base64, IsThatOfTheStandard) {
    const auto text = [](std::string_view bytes) {
        std::string base64;
        add_base64(base64, bytes);
        EXPECT_EQ(parse_base64(base64), bytes);
        return base64;
    };
    EXPECT_EQ(text(""), "");
    EXPECT_EQ(text("f"), "Zg==");
    EXPECT_EQ(text("fo"), "Zm8=");
    EXPECT_EQ(text("foo"), "Zm9v");
    EXPECT_EQ(text("\xff\xfe\xfd"), "//79");
    for (const auto* wrong : {"Z", "Zg=", "Zh==", "Zg==Zg==", "====", "Z=g=", "Zm9\n"})
        EXPECT_FALSE(parse_base64(wrong)) << wrong;
}

Manifest manifest() {
    Manifest all{.commands = {150'000}, .events = {3}, .complete = true, .segments = {}};
    all.segments.push_back({.kind = SegmentKind::commands, .first = {1}, .last = {100'000}});
    all.segments.push_back({.kind = SegmentKind::events, .first = {1}, .last = {3}});
    all.segments.push_back({.kind = SegmentKind::commands, .first = {100'001}, .last = {150'000}});
    return all;
}

TEST(Manifest, KnowsWhatItLacks) {
    EXPECT_EQ(fault_of(manifest()), std::nullopt);
    EXPECT_EQ(end_of(manifest(), SegmentKind::commands), Position{150'000});
    for (std::size_t gone = 0; gone < 3; ++gone) {
        auto less = manifest();
        less.segments.erase(less.segments.begin() + static_cast<std::ptrdiff_t>(gone));
        EXPECT_TRUE(fault_of(less)) << gone;
        less.complete = false;
        EXPECT_EQ(fault_of(less).has_value(), gone == 0);
    }
    auto doubled = manifest();
    doubled.segments.push_back(doubled.segments.back());
    EXPECT_TRUE(fault_of(doubled));
    auto beyond = manifest();
    beyond.commands = {149'999};
    EXPECT_TRUE(fault_of(beyond));
    auto large = manifest();
    large.segments[0].last = {100'002};
    large.segments[2].first = {100'003};
    EXPECT_TRUE(fault_of(large));
    auto backwards = manifest();
    backwards.segments.push_back({.kind = SegmentKind::beside, .first = {1}, .last = {0}});
    EXPECT_TRUE(fault_of(backwards));
}

TEST(Manifest, NamesFilesByWhatTheyHold) {
    EXPECT_EQ(file_name(manifest().segments[0]), "commands-000000000001-000000100000.jsonl.zst");
}

}  // namespace
}  // namespace domain
