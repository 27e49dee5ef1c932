#include "gateway/sse/frame.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gateway::sse {
namespace {

domain::EventEnvelope deposited() {
    domain::EventEnvelope event;
    event.position = {42};
    event.stream = {"account", "a/1"};
    event.version = {7};
    event.type = "deposited";
    event.data = R"({"cents":100})";
    event.time = *domain::parse_timestamp("2026-01-31T12:00:00.000001Z");
    event.command_id = "c0ffee";
    event.ordinal = 1;
    event.last = true;
    event.issuer = {"ada", R"({"sub":"ada","email":"ada@example.org"})"};
    event.correlation_id = "corr";
    return event;
}

/// What a browser makes of a frame: the data lines, each without its one leading space.
std::string data_of(const std::string& frame) {
    std::string data;
    for (std::size_t at = 0; at < frame.size();) {
        const auto end = frame.find('\n', at);
        if (frame.compare(at, 6, "data: ") == 0) {
            if (!data.empty()) data += '\n';
            data += frame.substr(at + 6, end - at - 6);
        }
        at = end + 1;
    }
    return data;
}

TEST(Frame, IsTheCloudEventAndThenItsCursor) {
    const Frame frame = event_frame(deposited(), 3);
    EXPECT_EQ(frame.place, 42);
    EXPECT_EQ(
        *frame.bytes,
        R"(data: {"specversion":"1.0","id":"c0ffee-1","type":"account.deposited",)"
        R"("source":"/aggregates/account/a%2F1","subject":"a/1",)"
        R"("time":"2026-01-31T12:00:00.000001Z","datacontenttype":"application/json",)"
        R"("streamversion":7,"commandid":"c0ffee","correlationid":"corr",)"
        R"("causationid":"c0ffee","last":true,"data":{"cents":100}})"
        "\nid: 3-42\n\n"
    );
}

TEST(Frame, OfAFollowerSaysNothingOfTheSender) {
    const Frame frame = followed_frame(deposited(), 1);
    EXPECT_EQ(frame.place, 7);
    EXPECT_EQ(
        *frame.bytes,
        "event: account.deposited\n"
        R"(data: {"specversion":"1.0","id":"c0ffee-1","type":"account.deposited",)"
        R"("source":"/aggregates/account/a%2F1","subject":"a/1",)"
        R"("time":"2026-01-31T12:00:00.000001Z","datacontenttype":"application/json",)"
        R"("streamversion":7,"data":{"cents":100}})"
        "\nid: 7\n\n"
    );
    EXPECT_TRUE(followed_frame(deposited(), 3).bytes->ends_with("\nid: 3-7\n\n"));
}

TEST(Frame, OfASnapshotIsTheAggregateAsItIsShown) {
    const Frame frame = snapshot_frame("{\"state\":\r\n{}}", {7}, 1);
    EXPECT_EQ(frame.place, 7);
    EXPECT_EQ(*frame.bytes, "event: snapshot\ndata: {\"state\":\ndata: {}}\nid: 7\n\n");
}

TEST(Frame, IsTheSameFromKafkaAsFromTheStore) {
    const auto event = deposited();
    domain::Record record = domain::event_record(event);
    domain::add_link(record, {3, event.position, {41}});
    const auto read_back = domain::event_of(record);
    ASSERT_TRUE(read_back);
    EXPECT_EQ(*event_frame(*read_back, 3).bytes, *event_frame(event, 3).bytes);
}

TEST(Frame, SplitsAPayloadAtEveryKindOfLineEnd) {
    auto event = deposited();
    event.data = "{\r\n\"a\":\r1,\n\n\"b\":2}\n";
    const std::string frame = *event_frame(event, 1).bytes;
    EXPECT_EQ(frame.find('\r'), std::string::npos);
    EXPECT_NE(
        frame.find(
            "\"data\":{\ndata: \"a\":\ndata: 1,\ndata: \ndata: \"b\":2}\ndata: }\nid: 1-42\n\n"
        ),
        std::string::npos
    ) << frame;
    const auto json = nlohmann::json::parse(data_of(frame));
    EXPECT_EQ(json["data"], nlohmann::json::parse(event.data));
}

TEST(Frame, EscapesWhatUsersName) {
    auto event = deposited();
    event.stream.entity = "\"\\\r\n\t\x01 \x7f üü 😀";
    event.correlation_id = "\n\ndata: {}\nid: 9-9\n\n";
    const std::string frame = *event_frame(event, 1).bytes;
    EXPECT_EQ(std::count(frame.begin(), frame.end(), '\n'), 3);
    const auto json = nlohmann::json::parse(data_of(frame));
    EXPECT_EQ(json["subject"], event.stream.entity);
    EXPECT_EQ(json["correlationid"], event.correlation_id);
}

TEST(Frame, LeavesThePayloadAsItIs) {
    auto event = deposited();
    event.data = "{ \"z\" : 1.0e5, \"a\":\"\\u00fc ü\", \"a\":2 }";
    EXPECT_NE(
        event_frame(event, 1).bytes->find("\"data\":" + event.data + "}\n"), std::string::npos
    );
}

domain::Record notification() {
    domain::Record record;
    record.key = "ada";
    record.value = R"({"text":"hello"})";
    record.headers = {
        {"ce_specversion", "1.0"},
        {"ce_id", "n1"},
        {"ce_type", "mail.arrived"},
        {"ce_source", "/mail"},
        {"ce_claims", "{}"},
        {"ce_time", "2026-01-31T12:00:00Z"},
    };
    return record;
}

TEST(Notification, IsSentWithoutAnId) {
    const auto frame = notification_frame(notification());
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->place, 0);
    EXPECT_EQ(
        *frame->bytes,
        R"(data: {"specversion":"1.0","id":"n1","type":"mail.arrived","source":"/mail",)"
        R"("time":"2026-01-31T12:00:00Z","datacontenttype":"application/json",)"
        R"("data":{"text":"hello"}})"
        "\n\n"
    );
}

TEST(Notification, MayBeWithoutData) {
    auto record = notification();
    record.value.clear();
    const auto frame = notification_frame(record);
    ASSERT_TRUE(frame);
    EXPECT_FALSE(nlohmann::json::parse(data_of(*frame->bytes)).contains("data"));
}

TEST(Notification, IsRefusedUnlessItIsACloudEventInJson) {
    for (const std::string missing : {"ce_id", "ce_type", "ce_source"}) {
        auto record = notification();
        std::erase_if(record.headers, [&](const auto& header) { return header.name == missing; });
        EXPECT_FALSE(notification_frame(record)) << missing;
    }
    const std::string nul(1, '\0');
    for (const std::string& value :
         {std::string("hello"),
          std::string(R"(1,"id":"x")"),
          std::string("{"),
          std::string("\"\xff\""),
          std::string("{}\n\nid: 1-1"),
          "{}" + nul + "x",
          std::string("\xef\xbb\xbf{}")}) {
        auto record = notification();
        record.value = value;
        EXPECT_FALSE(notification_frame(record)) << value;
    }
    auto record = notification();
    record.headers[1].value = "\xc3";
    EXPECT_FALSE(notification_frame(record)) << "a header that is not UTF-8";
}

TEST(ControlFrames, AreWhatTheStandardReads) {
    EXPECT_EQ(*ready_frame({1, {42}}), "event: ready\ndata: {\"cursor\":\"1-42\"}\nid: 1-42\n\n");
    EXPECT_EQ(
        *reset_frame("1-99", "above-head", {1, {42}}),
        "event: reset\n"
        "data: {\"requested\":\"1-99\",\"reason\":\"above-head\",\"cursor\":\"1-42\"}\n"
        "id: 1-42\n\n"
    );
    EXPECT_EQ(
        *notice_frame("auth-expired", "Come back."),
        "event: auth-expired\ndata: {\"message\":\"Come back.\"}\n\n"
    );
    EXPECT_EQ(*retry_frame(std::chrono::milliseconds{2'345}), "retry: 2345\n");
    EXPECT_EQ(*heartbeat_frame(), ":\n");
}

TEST(ControlFrames, DoNotRepeatWhatIsNoId) {
    for (const std::string& requested :
         {std::string(65, 'a'), std::string("a b"), std::string("\xff")})
        EXPECT_NE(
            reset_frame(requested, "malformed", {})->find("\"requested\":null"), std::string::npos
        );
}

}  // namespace
}  // namespace gateway::sse
