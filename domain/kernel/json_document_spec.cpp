#include "domain/kernel/json_document.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>

namespace domain {
namespace {

using Kind = JsonFault::Kind;
using Fault = std::optional<std::pair<Kind, std::size_t>>;

Fault fault(std::string_view text, std::size_t deepest = 64) {
    const JsonDocument document(text, deepest);
    if (!document.fault()) return std::nullopt;
    return std::pair(document.fault()->kind, document.fault()->byte);
}

/// The whole of it again, numbers as they were written.
std::string written(const JsonNode& node) {
    switch (node.kind) {
        case JsonNode::Kind::null:
            return "null";
        case JsonNode::Kind::no:
            return "false";
        case JsonNode::Kind::yes:
            return "true";
        case JsonNode::Kind::number:
            return std::string(node.text);
        case JsonNode::Kind::string:
            return nlohmann::json(node.text).dump();
        default:
            break;
    }
    const bool object = node.kind == JsonNode::Kind::object;
    std::string text;
    for (auto* each = node.first(); each != node.end(); each = each->end()) {
        if (!text.empty()) text += ',';
        if (object) text += nlohmann::json(each->key).dump() + ':';
        text += written(*each);
    }
    return object ? '{' + text + '}' : '[' + text + ']';
}

std::string again(std::string_view text) {
    const JsonDocument document(text);
    return document.fault() ? "fault" : written(document.root());
}

}  // namespace

TEST(JsonDocument, KeepsEachValueAsItIs) {
    for (auto text :
         {"null",
          "true",
          "false",
          "0",
          "-0",
          "1e400",
          "0e999999999999",
          "12345678901234567890.000",
          R"("")",
          R"("\u0000 \" \\ \b\f\n\r\t")",
          "[]",
          "{}",
          R"([[],{},[{"a":[1,2]},"x"]])",
          R"({"a":1,"":{"a":2},"a":3,"ä€😀":"ä€😀"})"})
        EXPECT_EQ(again(text), text);
    EXPECT_EQ(again(" \t\r\n{ \"a\" : [ 1 , 2 ] } "), R"({"a":[1,2]})");
}

TEST(JsonDocument, UnescapesKeysAndStrings) {
    EXPECT_EQ(again(R"({"\u0061":"\u00e4\u20AC\ud83D\uDE00\/"})"), R"({"a":"ä€😀/"})");
    std::string escapes = "[", meant = "[";
    for (int n = 0; n < 1000; ++n) {
        escapes += R"("\u0041",)";
        meant += R"("A",)";
    }
    escapes.back() = meant.back() = ']';
    EXPECT_EQ(again(escapes), meant);
}

TEST(JsonDocument, SaysWhereATextIsNotJson) {
    const std::pair<std::string_view, std::size_t> cases[] = {{"", 0},
                                                              {" ", 1},
                                                              {"{", 1},
                                                              {"[1,", 3},
                                                              {"[1,]", 3},
                                                              {"{\"a\":1,}", 7},
                                                              {"{\"a\" 1}", 5},
                                                              {"{'a':1}", 1},
                                                              {"{a:1}", 1},
                                                              {"[1 2]", 3},
                                                              {"{}x", 2},
                                                              {"01", 1},
                                                              {"-", 1},
                                                              {"+1", 0},
                                                              {".5", 0},
                                                              {"1.", 2},
                                                              {"1.e1", 2},
                                                              {"1e", 2},
                                                              {"1e+", 3},
                                                              {"0x1", 1},
                                                              {"NaN", 0},
                                                              {"Infinity", 0},
                                                              {"nul", 3},
                                                              {"nulL", 3},
                                                              {"truex", 4},
                                                              {"\"a", 2},
                                                              {"\"\n\"", 1},
                                                              {"\"\x7f", 2},
                                                              {"\"\\x\"", 2},
                                                              {"\"\\u12g4\"", 5},
                                                              {"\"\\u12", 5},
                                                              {"]", 0},
                                                              {"[1}", 2},
                                                              {"// 1", 0},
                                                              {"\xef\xbb\xbf{}", 0},
                                                              {"\xff", 0},
                                                              {{"1\0", 2}, 1},
                                                              {{"\"\0\"", 3}, 1}};
    for (const auto& [text, byte] : cases)
        EXPECT_EQ(fault(text), (Fault{{Kind::not_json, byte}})) << text;
}

TEST(JsonDocument, TakesWholeCharactersOnly) {
    for (auto text :
         {"\"\x80\"",
          "\"\xc3\"",
          "\"\xc0\x80\"",
          "\"\xe0\x9f\xbf\"",
          "\"\xe2\x82\"",
          "\"\xed\xa0\x80\"",
          "\"\xf0\x8f\xbf\xbf\"",
          "\"\xf4\x90\x80\x80\"",
          "\"\xf5\x80\x80\x80\"",
          "\"\xf0\x9f\x98"})
        EXPECT_EQ(fault(text), (Fault{{Kind::not_utf8, 1}}));
    for (auto text :
         {R"("\ud800")", R"("\udc00")", R"("\udc00\ud800")", R"("\ud800\u0041")", R"("\ud800\n")"})
        EXPECT_EQ(fault(text), (Fault{{Kind::half_surrogate, 1}})) << text;
    EXPECT_EQ(fault("\"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\""), Fault{});
}

TEST(JsonDocument, IsAsDeepAsItMayBe) {
    EXPECT_EQ(fault("[{\"a\":[]}]", 3), Fault{});
    EXPECT_EQ(fault("[{\"a\":[]}]", 2), (Fault{{Kind::too_deep, 6}}));
    EXPECT_EQ(fault(std::string(1'000'000, '[')), (Fault{{Kind::too_deep, 64}}));
}

/// What another reader of JSON says, of what it can: it rounds numbers, and the last member wins.
TEST(JsonDocument, ReadsAsAnotherReaderDoes) {
    std::mt19937 random(7);
    const auto below = [&](std::size_t n) { return random() % n; };
    constexpr std::string_view pieces[] = {
        "{",    "}",        "[",       "]",    ",",         ":",     "\"a\"", "\"", "\\",   "\\u",
        "00e4", "\\ud83d",  "\\ude00", "0",    "1",         "-",     ".5",    "e1", "true", "null",
        " ",    "\xc3\xa4", "\xc3",    "\xff", "{\"b\":1}", "[2,3]", "\\n",   "/",  "\t"};
    int sound = 0;
    for (int round = 0; round < 30'000; ++round) {
        std::string text = round % 2 == 0 ? "" : R"({"a":[1,{"b":"c\n"}],"d":-2.5e1,"e":[]})";
        for (std::size_t n = below(8); n > 0; --n) {
            const std::string_view piece = pieces[below(std::size(pieces))];
            text.insert(below(text.size() + 1), piece);
        }
        const auto reference = nlohmann::json::parse(text, nullptr, false);
        const std::string read = again(text);
        ASSERT_EQ(read == "fault", reference.is_discarded()) << text;
        if (reference.is_discarded()) continue;
        ++sound;
        ASSERT_EQ(nlohmann::json::parse(read), reference) << text;
    }
    EXPECT_GT(sound, 1'000);
}

}  // namespace domain
