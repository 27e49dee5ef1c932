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

const domain::VerifiedToken ada{{"ada", R"({"sub":"ada"})"}, "https://issuer", {}};
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
    return read_command(request, ada, aggregates, noon);
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
    EXPECT_TRUE(is_uuid(made.id)) << made.id;
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
        {"{\"by\":1e999}", "400 invalid-json"},
        {"{\"by\":NaN}", "400 invalid-json"},
        {"{\"by\":\"\x01\"}", "400 invalid-json"},
        {"{\"by\":\"\\ud800\"}", "400 invalid-json"},
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
    for (const char* entity : {"a b", "a/b", "ä", "a\n", "a'", "%"})
        EXPECT_EQ(at(1, entity), "400 invalid-entity") << entity;
    EXPECT_EQ(at(1, std::string(129, 'a')), "400 invalid-entity");
    EXPECT_EQ(at(1, std::string(10'000, 'a')), "400 invalid-entity");
    EXPECT_EQ(at(1, "a.B_9~:@-"), "400 invalid-json");
    EXPECT_EQ(at(1, std::string(128, 'a')), "400 invalid-json");
}

TEST(CommandRequest, IsRefusedForItsHeaders) {
    for (const char* tag :
         {"7",
          "*",
          "W/\"7\"",
          "\"\"",
          "\"-1\"",
          "\"7\", \"8\"",
          "\"x\"",
          "\"",
          "\"99999999999999999999\""})
        EXPECT_EQ(refusal(with_header("if-match", tag)), "400 invalid-if-match") << tag;
    for (const std::string& key :
         {std::string(), std::string(256, 'k'), std::string("a b"), std::string("\xc3\xa4")})
        EXPECT_EQ(refusal(with_header("idempotency-key", key)), "400 invalid-idempotency-key")
            << key;
    EXPECT_EQ(refusal(with_header("if-match", "\"0\"")), "");
    EXPECT_EQ(refusal(with_header("idempotency-key", std::string(255, '~'))), "");
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
    other.token_issuer = "";
    EXPECT_NE(command_id(other, "key"), id);
    EXPECT_EQ(command(with_header("idempotency-key", "key")).command.id, id);
}

TEST(CommandIdentity, IsNewAndOrderedByTimeWithoutAKey) {
    const std::string id = new_command_id(noon);
    EXPECT_TRUE(is_uuid(id));
    EXPECT_EQ(id[14], '7');
    EXPECT_NE(id, new_command_id(noon));
    EXPECT_LT(id, new_command_id(noon + std::chrono::milliseconds(1)));
}

TEST(CommandIdentity, FingerprintsTheWholeRequest) {
    const std::string print = command(add(R"({"by":1})")).fingerprint;
    EXPECT_EQ(print.size(), 64u);
    EXPECT_EQ(command(add(R"({"by":1})")).fingerprint, print);
    EXPECT_NE(command(add(R"({"by":2})")).fingerprint, print);
    EXPECT_NE(command(with_header("if-match", "\"1\"")).fingerprint, print);
    EXPECT_EQ(command(with_header("x-correlation-id", "other")).fingerprint, print);
    Request elsewhere = add(R"({"by":1})");
    elsewhere.parameters[1].second = "c-2";
    EXPECT_NE(command(elsewhere).fingerprint, print);
    EXPECT_EQ(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(JsonCheck, SaysWhere) {
    EXPECT_EQ(check_json("{\n\"a\": x}", 9)->detail, "The body is not JSON at byte 7, line 2.");
    EXPECT_NE(check_json("[1,", 9)->detail.find("at byte 3, line 1"), std::string::npos);
    EXPECT_FALSE(check_json("[[[]]]", 3));
    EXPECT_TRUE(check_json("[[[]]]", 2));
}

}  // namespace
}  // namespace gateway::commands
