#include "services/operations/moment_text.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

namespace services::operations {
namespace {

Moment moment(const std::string& before, const std::string& state) {
    auto event = kit::sample_event(7, "42", 3);
    event.data = R"({"zebra": 1, "cents":100})";
    return {event, "deposit", before, state};
}

std::string lines(const std::string& before, const std::string& state) {
    const std::string text = to_text(moment(before, state), false);
    std::size_t at = 0;
    for (int i = 0; i < 3; ++i) at = text.find('\n', at) + 1;
    return text.substr(at);
}

TEST(MomentTextSpec, SaysWhoWhenAndByWhichCommand) {
    const std::string text = to_text(moment("", ""), false);
    EXPECT_EQ(
        text,
        "version 3  2023-11-14T22:13:20.123463Z  deposited  by idp user-1\n"
        "    deposit 00000000-0000-4000-8000-000000000007\n"
        "    {\"zebra\": 1, \"cents\":100}\n"
    );
}

TEST(MomentTextSpec, MarksWhatHasChanged) {
    EXPECT_EQ(
        lines(
            R"({"owner":"ann","cents":100,"gone":true,"list":[1,2]})",
            R"({"owner":"ann","cents":150,"new":null,"list":[1,3,4],"a/b":{"~":[]}})"
        ),
        "    /owner  \"ann\"\n"
        "  ~ /cents  100 -> 150\n"
        "  + /new  null\n"
        "    /list/0  1\n"
        "  ~ /list/1  2 -> 3\n"
        "  + /list/2  4\n"
        "  + /a~1b/~0  []\n"
        "  - /gone  true\n"
    );
    EXPECT_EQ(lines("", R"({"b":1,"a":{}})"), "  + /b  1\n  + /a  {}\n");
    EXPECT_EQ(lines("1", "2"), "  ~ 1 -> 2\n");
}

TEST(MomentTextSpec, RoundsNoNumber) {
    const std::string large = "123456789012345678901234567890";
    EXPECT_EQ(
        lines("{\"n\":" + large + "1,\"m\":1.10}", "{\"n\":" + large + "2,\"m\":1.10}"),
        "  ~ /n  " + large + "1 -> " + large + "2\n    /m  1.10\n"
    );
}

TEST(MomentTextSpec, ColoursWhatHasChangedOnly) {
    const std::string text = to_text(moment(R"({"a":1,"b":1})", R"({"a":1,"b":2})"), true);
    EXPECT_NE(text.find("    /a  1\n"), std::string::npos);
    EXPECT_NE(text.find("\033[33m  ~ /b  1 -> 2\033[0m\n"), std::string::npos);
}

TEST(MomentTextSpec, GivesATerminalNothingToObey) {
    Moment hostile = moment("", "{\"\\u001b[2J\":\"\x7f \xc2\x9b \\u009b \\n\"}");
    hostile.event.data = "{\n\"a\":\"\xc2\x9b\"}";
    hostile.event.type = "\033]0;title\a";
    hostile.event.issuer.subject = "eve\033[31m\nversion 4";
    const std::string text = to_text(hostile, false);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
    for (const char* control : {"\033", "\a", "\x7f", "\xc2\x9b", "\r"})
        EXPECT_EQ(text.find(control), std::string::npos) << text;
    EXPECT_NE(text.find("eve\\u001b[31m version 4"), std::string::npos) << text;
}

TEST(MomentTextSpec, TellsProgramsInOneLine) {
    Moment told = moment(R"({"cents":100})", "{\n\"cents\":  150}");
    EXPECT_EQ(
        to_json(told),
        R"({"event":{"specversion":"1.0","id":"00000000-0000-4000-8000-000000000007-0",)"
        R"("type":"account.deposited","source":"/aggregates/account/42","subject":"42",)"
        R"("time":"2023-11-14T22:13:20.123463Z","datacontenttype":"application/json",)"
        R"("category":"account","streamversion":3,"position":0,"user":"user-1","issuer":"idp",)"
        R"("commandid":"00000000-0000-4000-8000-000000000007","commandposition":7,)"
        R"("causationid":"00000000-0000-4000-8000-000000000007",)"
        R"("correlationid":"correlation-7",)"
        R"("traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",)"
        R"("ordinal":0,"last":true,"data":{"zebra": 1, "cents":100}},"command":"deposit",)"
        R"("state":{ "cents":  150},)"
        R"("changed":[{"op":"replace","path":"/cents","value":150}]})"
    );
    told.before = "";
    EXPECT_NE(
        to_json(told).find(R"("changed":[{"op":"replace","path":"","value":{"cents":150}}]})"),
        std::string::npos
    );
}

}  // namespace
}  // namespace services::operations
