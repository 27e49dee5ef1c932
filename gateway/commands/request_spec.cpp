#include "domain/kernel/expected_version.hpp"
#include "gateway/commands/example_aggregate.hpp"
#include "gateway/commands/identity.hpp"
#include "gateway/commands/json_check.hpp"
#include "gateway/commands/request.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gateway::commands {
namespace {

using domain::NewCommand;
using http::Request;
using http::Response;

const domain::VerifiedToken ada{
    {"ada", R"({"sub":"ada","roles":["keeper"]})", "https://issuer"},
    {}};
const domain::Timestamp noon{std::chrono::seconds(1'768'478'400)};

Request add(std::string body) {
    Request request;
    request.method = "POST";
    request.path = "/commands/counter/c-1/add";
    request.parameters = {{"category", "counter"}, {"entity", "c-1"}, {"name", "add"}};
    request.body = std::move(body);
    return request;
}

Request with_header(std::string name, std::string value) {
    Request request = add(R"({"by":1})");
    request.headers.emplace_back(std::move(name), std::move(value));
    return request;
}

std::variant<NewCommand, Response> read(const Request& request) {
    static const auto aggregates = testing::counters();
    return read_command(request, ada, {aggregates}, noon);
}

NewCommand command(const Request& request) {
    auto result = read(request);
    const auto* refusal = std::get_if<Response>(&result);
    EXPECT_EQ(refusal, nullptr) << refusal->body;
    return refusal == nullptr ? std::get<NewCommand>(result) : NewCommand{};
}

/// "400 invalid-json", or "" for a command.
std::string refusal(const Request& request) {
    const auto result = read(request);
    const auto* response = std::get_if<Response>(&result);
    if (response == nullptr) return "";
    const auto body = nlohmann::json::parse(response->body);
    return std::to_string(response->status) + ' ' + body.at("code").get<std::string>();
}

TEST(CommandRequest, BecomesACommand) {
    Request request = add(R"( {"by": 1e0} )");
    request.headers = {
        {"if-match", "\"7\""},
        {"x-correlation-id", "form-1"},
        {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}};
    const auto made = command(request).command;
    EXPECT_EQ(made.stream, (domain::StreamId{"counter", "c-1"}));
    EXPECT_EQ(made.name, "add");
    EXPECT_EQ(made.data, R"( {"by": 1e0} )");  // not a byte of it is ours to change
    EXPECT_EQ(made.issuer, ada.issuer);
    EXPECT_EQ(made.expected_version, domain::StreamVersion{7});
    EXPECT_EQ(made.correlation_id, "form-1");
    EXPECT_EQ(made.trace_parent, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    EXPECT_EQ(made.time, noon);
    EXPECT_TRUE(canonical_uuid(made.id) == made.id) << made.id;
}

TEST(CommandRequest, TakesNoBodyAsAnEmptyObject) {
    Request request = add("");
    request.parameters[2].second = "reset";
    EXPECT_EQ(command(request).command.data, "{}");
}

TEST(CommandRequest, SaysWhatIsWrongWithABody) {
    const std::pair<std::string, std::string> cases[] = {
        {"{", "400 invalid-json"},
        {"{}}", "400 invalid-json"},
        {"{'by':1}", "400 invalid-json"},
        {"{\"by\":1,}", "400 invalid-json"},
        {"{\"by\":01}", "400 invalid-json"},
        {"{\"by\":1e}", "400 invalid-json"},
        {"{\"by\":1}{}", "400 invalid-json"},
        {"{\"by\":NaN}", "400 invalid-json"},
        {"{\"by\":\"\x01\"}", "400 invalid-json"},
        {"{\"by\":\"\\ud800\"}", "400 invalid-json"},
        {"{\"\\udfff\":1}", "400 invalid-json"},
        {std::string("{\"by\":1}\0", 9), "400 invalid-json"},
        {std::string("{\"by\":1\0}", 9), "400 invalid-json"},
        {"\xef\xbb\xbf{\"by\":1}", "400 invalid-json"},
        {" ", "400 invalid-json"},
        {"{\"by\":\"\xff\"}", "400 invalid-utf8"},
        {"{\"by\":\"\xc3\"}", "400 invalid-utf8"},
        {"{\"by\":\"\xed\xa0\x80\"}", "400 invalid-utf8"},
        {std::string(65, '[') + std::string(65, ']'), "400 too-deep"},
        {std::string(60'000, '['), "400 too-deep"},
        {"{}", "422 invalid-command"},
        {"[]", "422 invalid-command"},
        {"null", "422 invalid-command"},
    };
    for (const auto& [body, expected] : cases) EXPECT_EQ(refusal(add(body)), expected) << body;
    EXPECT_EQ(
        refusal(add(R"({"by":1,"x":)" + std::string(63, '[') + std::string(63, ']') + "}")), ""
    );
}

TEST(CommandRequest, NamesTheField) {
    const auto result = read(add("{}"));
    const auto body = nlohmann::json::parse(std::get<Response>(result).body);
    EXPECT_EQ(body.at("errors").at(0).at("location"), "/by");
}

TEST(CommandRequest, IsRefusedForItsPath) {
    const auto at = [](std::size_t parameter, std::string value) {
        Request request = add("{");  // which is looked at after the path
        request.parameters[parameter].second = std::move(value);
        return refusal(request);
    };
    EXPECT_EQ(at(0, "account"), "404 unknown-category");
    EXPECT_EQ(at(2, "subtract"), "404 unknown-command");
    for (const char* entity :
         {"",
          "a\n",
          "a\t",
          "a\x7f",
          "a\xc2\x80",
          "a\xc2\x9f",
          "\xff",
          "\xc0\x80",
          "\xed\xa0\x80",
          "\xc3",
          ".",
          "..",
          "../a",
          "a/..",
          "a/./b",
          "/.."})
        EXPECT_EQ(at(1, entity), "400 invalid-entity") << entity;
    EXPECT_EQ(at(1, std::string(257, 'a')), "400 invalid-entity");
    EXPECT_EQ(at(1, "a" + std::string(255, 'a') + "ä"), "400 invalid-entity");
    EXPECT_EQ(at(1, std::string(10'000, 'a')), "400 invalid-entity");
    EXPECT_EQ(at(1, std::string("a\0b", 3)), "400 invalid-entity");
    for (const char* entity :
         {"a.B_9~:@-",
          "...",
          ".a",
          "a.",
          "a/b",
          "a/.../b",
          "/",
          " ",
          "a b",
          "ä",
          "a\xc2\xa0",
          "a'\"",
          "%",
          "%2e",
          "a\\b",
          "a#?&=+",
          "$command",
          "\xf0\x9f\x98\x80"})
        EXPECT_EQ(at(1, entity), "400 invalid-json") << entity;
    EXPECT_EQ(at(1, std::string(256, 'a')), "400 invalid-json");
}

TEST(CommandRequest, IsRefusedForItsKey) {
    for (const std::string& key :
         {std::string(),
          std::string(256, 'k'),
          std::string("a b"),
          std::string("\xc3\xa4"),
          std::string("\"\""),
          std::string("\"a"),
          std::string("\"a\"b\""),
          std::string("\"a\\\""),
          std::string("\"a\\b\""),
          std::string("\"\xc3\xa4\""),
          std::string("\"a\tb\""),
          std::string("\"a\"p"),
          std::string("\"a\" ;p"),
          std::string("\"a\";"),
          std::string("\"a\";=1"),
          std::string("\"a\";P=1"),
          std::string("\"a\";p="),
          std::string("\"a\";p=;q"),
          std::string("\"a\";p =1"),
          std::string("\"a\";p=1 ;q"),
          std::string("\"a\";p=\"x"),
          std::string("\"a\";p=\"x\"y"),
          std::string("\"a\";p=1.2345"),
          std::string("\"a\";p=1."),
          std::string("\"a\";p=-"),
          std::string("\"a\";p=1234567890123456"),
          std::string("\"a\";p=?2"),
          std::string("\"a\";p=:-:"),
          std::string("\"a\";p=:"),
          std::string("\"a\", \"b\""),
          '"' + std::string(256, 'k') + '"'})
        EXPECT_EQ(refusal(with_header("idempotency-key", key)), "400 invalid-idempotency-key")
            << key;
    for (const std::string& key :
         {std::string(255, '~'), '"' + std::string(255, 'k') + '"', std::string("a\"b,c")})
        EXPECT_EQ(refusal(with_header("idempotency-key", key)), "") << key;
}

TEST(CommandRequest, TakesAKeyInQuotesForTheSame) {
    const auto id = [](const char* key) {
        return command(with_header("idempotency-key", key)).command.id;
    };
    EXPECT_EQ(id("\"abc\""), id("abc"));
    EXPECT_EQ(id("\"a b\""), command_id(ada, "a b"));
    EXPECT_EQ(id(R"("a\"b\\c")"), command_id(ada, R"(a"b\c)"));
    EXPECT_NE(id("\"abc \""), id("abc"));
    for (const char* parameters :
         {";x=1", ";x", "; x=?1;y=-1.5", ";*=:YWJj:", ";x=\"a;\\\"b\";y=A/b:c", ";x-y_z.1*=*"})
        EXPECT_EQ(id((R"("abc")" + std::string(parameters)).c_str()), id("abc")) << parameters;
    EXPECT_EQ(id("abc;x=1"), command_id(ada, "abc;x=1"));
}

/// What is expected, or the refusal.
std::string expected(http::Fields headers) {
    Request request = add(R"({"by":1})");
    request.headers = std::move(headers);
    const auto result = read(request);
    const auto* made = std::get_if<NewCommand>(&result);
    if (made == nullptr) return refusal(request);
    const auto& version = made->command.expected_version;
    return version ? domain::describe_expected(*version) : "nothing";
}

TEST(CommandRequest, ExpectsTheVersionsThatItsConditionsLeave) {
    const struct {
        http::Fields headers;
        const char* expected;
    } cases[] = {
        {{}, "nothing"},
        {{{"if-match", "\"4\""}}, "version 4"},
        {{{"if-match", "W/\"4\""}}, "version 4"},
        {{{"if-match", "\"4-gzip\""}}, "version 4"},
        {{{"if-match", "\"0\""}}, "version 0"},
        {{{"if-match", "*"}}, "any version above 0"},
        {{{"if-match", "\"4\", \"3\""}}, "version 3 or 4"},
        {{{"if-match", "\"4\", W/\"4\", \"abc\""}}, "version 4"},
        {{{"if-match", "\"1\", \"16\""}}, "version 1 or 16"},
        {{{"if-match", "\"1\", \"17\""}}, "400 unsupported-precondition"},
        {{{"if-match", "\"9223372036854775807\""}}, "version 9223372036854775807"},
        {{{"if-none-match", "*"}}, "version 0"},
        {{{"if-none-match", "*"}, {"if-match", "\"0\", \"1\""}}, "version 0"},
        {{{"if-none-match", "\"3\""}, {"if-match", "\"3\", \"4\""}}, "version 4"},
        {{{"if-none-match", "\"abc\""}}, "nothing"},
        {{{"if-none-match", "\"abc\""}, {"if-match", "*"}}, "any version above 0"},
        {{{"if-none-match", "\"3\""}}, "400 unsupported-precondition"},
        {{{"if-none-match", "\"3\""}, {"if-match", "*"}}, "400 unsupported-precondition"},
        {{{"if-none-match", "*"}, {"if-match", "*"}}, "412 precondition-failed"},
        {{{"if-none-match", "*"}, {"if-match", "\"4\""}}, "412 precondition-failed"},
        {{{"if-none-match", "\"4\""}, {"if-match", "\"4\""}}, "412 precondition-failed"},
        {{{"if-none-match", "7"}}, "400 invalid-if-none-match"},
    };
    for (const auto& [headers, says] : cases) {
        const std::string what = headers.empty() ? "" : headers.front().second;
        EXPECT_EQ(expected(headers), says) << what;
    }
    for (const char* tag :
         {"\"\"",
          "\"-1\"",
          "\"x\"",
          "\"01\"",
          "\"+1\"",
          "\"1.0\"",
          "\"99999999999999999999\"",
          "\"0x1\"",
          "\"-0\"",
          "\"1,2\"",
          "W/\"00\"",
          "\"9223372036854775808\""})
        EXPECT_EQ(expected({{"if-match", tag}}), "412 precondition-failed") << tag;
    for (const char* tag : {"", "7", "\"", "\"7", "*, \"7\"", "\"7\" \"8\"", "w/\"7\"", "\"1 2\""})
        EXPECT_EQ(expected({{"if-match", tag}}), "400 invalid-if-match") << tag;
}

TEST(CommandRequest, LeavesNoConditionOut) {
    for (const char* name :
         {"if-modified-since", "if-unmodified-since", "if-range", "if", "if-schedule-tag-match"})
        EXPECT_EQ(
            expected({{name, "Sun, 06 Nov 1994 08:49:37 GMT"}}), "400 unsupported-precondition"
        ) << name;
}

TEST(CommandRequest, IsOfJsonByItsHeaders) {
    EXPECT_EQ(refusal(with_header("content-type", "application/json; charset=utf-8")), "");
    for (const char* type : {"application/x-www-form-urlencoded", "text/plain", ""})
        EXPECT_EQ(refusal(with_header("content-type", type)), "415 unsupported-media-type");
    EXPECT_EQ(refusal(with_header("content-encoding", "gzip")), "415 unsupported-coding");
}

TEST(CommandRequest, IgnoresTracingItCannotUse) {
    for (const char* value : {"a b", "ä", ""}) {
        const auto made = command(with_header("x-correlation-id", value)).command;
        EXPECT_EQ(made.correlation_id, made.id);
    }
    for (const char* value :
         {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
          "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
          "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
          "00-4bf92f3577b34da6a3ce929d0e0e4736x00f067aa0ba902b7-01"})
        EXPECT_EQ(command(with_header("traceparent", value)).command.trace_parent, "") << value;
}

TEST(CommandIdentity, IsOfCallerAndKey) {
    const std::string id = command_id(ada, "key");
    EXPECT_EQ(id, "28737dbe-680a-5b98-b67f-5101cd22b053");
    domain::VerifiedToken other = ada;
    other.issuer.subject = "adak";
    EXPECT_NE(command_id(other, "ey"), id);
    other = ada;
    other.issuer.token_issuer = "";
    EXPECT_NE(command_id(other, "key"), id);
    EXPECT_EQ(command(with_header("idempotency-key", "key")).command.id, id);
}

TEST(CommandIdentity, IsNewAndOrderedByTimeWithoutAKey) {
    const std::string id = new_command_id(noon);
    EXPECT_EQ(canonical_uuid(id), id);
    EXPECT_EQ(
        canonical_uuid("28737DBE-680A-5b98-B67F-5101CD22B053"),
        "28737dbe-680a-5b98-b67f-5101cd22b053"
    );
    for (const char* none :
         {"",
          "28737dbe680a5b98b67f5101cd22b053",
          "28737dbe-680a-5b98-b67f-5101cd22b05g",
          "{28737dbe-680a-5b98-b67f-5101cd22b053}"})
        EXPECT_EQ(canonical_uuid(none), "") << none;
    EXPECT_EQ(id[14], '7');
    EXPECT_NE(id, new_command_id(noon));
    EXPECT_LT(id, new_command_id(noon + std::chrono::milliseconds(1)));
}

TEST(CommandIdentity, FingerprintsTheWholeRequest) {
    const std::string print = command(add(R"({"by":1})")).fingerprint;
    EXPECT_EQ(print.size(), 64u);
    EXPECT_EQ(command(add(R"({"by":1})")).fingerprint, print);
    EXPECT_NE(command(add(R"({"by":2})")).fingerprint, print);
    const std::string first = command(with_header("if-match", "\"1\"")).fingerprint;
    EXPECT_NE(first, print);
    EXPECT_EQ(command(with_header("if-match", "W/\"1\"")).fingerprint, first);
    EXPECT_NE(command(with_header("if-match", "*")).fingerprint, print);
    EXPECT_NE(command(with_header("if-match", "\"1\", \"2\"")).fingerprint, first);
    EXPECT_NE(command(with_header("if-none-match", "*")).fingerprint, print);
    EXPECT_EQ(command(with_header("x-correlation-id", "other")).fingerprint, print);
    Request elsewhere = add(R"({"by":1})");
    elsewhere.parameters[1].second = "c-2";
    EXPECT_NE(command(elsewhere).fingerprint, print);
    EXPECT_EQ(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(JsonCheck, SaysWhere) {
    EXPECT_EQ(check_json("{\n\"a\": x}", 9)->detail, "The body is not JSON at byte 7, line 2.");
    EXPECT_NE(check_json("[1,", 9)->detail.find("at byte 3, line 1"), std::string::npos);
    EXPECT_EQ(
        check_json("[\n\"\\ud83d\"]", 9)->detail,
        "The body escapes half of a surrogate pair, which is no character, at byte 3, line 2."
    );
    EXPECT_FALSE(check_json("[1e400, -0, 123456789012345678901234567890]", 9));
    EXPECT_FALSE(check_json("[[[]]]", 3));
    EXPECT_TRUE(check_json("[[[]]]", 2));
}

}  // namespace
}  // namespace gateway::commands
