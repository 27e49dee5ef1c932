#include "gateway/aggregates/spec_served.hpp"

namespace gateway::aggregates {
namespace {

using namespace spec;

struct AggregateRoutesSpec : Served {};

TEST_F(AggregateRoutesSpec, AsksWhoItIsFirst) {
    serve();
    for (const std::string& form : {std::string(), streaming})
        EXPECT_EQ(ask(form, "/aggregates/nothing/c").status, 401);
}

TEST_F(AggregateRoutesSpec, ShowsAnAggregateFoldedInPages) {
    append(5);
    serve();
    const Answer shown = ask(ada);
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.body, R"({"category":"counter","entity":"c-1","version":5,"state":5})");
    EXPECT_TRUE(shown.has("ETag: \"5\"")) << shown.head;
    EXPECT_TRUE(shown.has(vary)) << shown.head;

    EXPECT_EQ(ask(ada + "If-None-Match: \"4\"\r\n").status, 200);
    EXPECT_EQ(ask(ada + "If-None-Match: \"05\"\r\n").status, 200);
    for (const std::string tag : {"\"5\"", "W/\"5\"", "\"4\", \"5\"", "*", "\"5-gzip\""}) {
        const Answer same = ask(ada + "If-None-Match: " + tag + "\r\n");
        EXPECT_EQ(same.status, 304) << tag;
        EXPECT_TRUE(same.has("ETag: \"5\""));
        EXPECT_TRUE(same.has(vary));
        EXPECT_EQ(same.body, "");
    }
    const Answer gone = ask(ada + "If-Match: \"4\"\r\n");
    EXPECT_EQ(gone.status, 412);
    EXPECT_FALSE(gone.has("ETag: \"5\"")) << "the problem is not at that version";
    EXPECT_EQ(ask(ada + "If-Match: W/\"5\"\r\n").status, 200);
    EXPECT_EQ(ask(ada + "Accept: text/html\r\n").status, 406);
    EXPECT_EQ(ask(ada, "/aggregates/counter/c-1?versions=2").status, 400);
}

TEST_F(AggregateRoutesSpec, ShowsNothingOfWhatIsNotThereInEitherForm) {
    append(1);
    serve();
    for (const std::string& form : {std::string(), streaming}) {
        const Answer none = ask(ada + form, "/aggregates/counter/c-2");
        EXPECT_EQ(none.status, 404);
        EXPECT_TRUE(none.has(vary));
        EXPECT_TRUE(none.has("Content-Type: application/problem+json"));
        EXPECT_EQ(ask(ada + form, "/aggregates/counter/a%0Ab").status, 400);
        EXPECT_EQ(ask(ada + form, "/aggregates/other/c-1").status, 404);
    }
    EXPECT_EQ(ask(ada + "If-None-Match: *\r\n", "/aggregates/counter/c-2").status, 404);
    EXPECT_EQ(ask(ada + streaming + "Last-Event-ID: 1\r\n", "/aggregates/counter/c-2").status, 404);
}

TEST_F(AggregateRoutesSpec, ShowsWhoMayNotReadWhatItShowsOfNothing) {
    append(1);
    serve();
    const std::string eve = "Authorization: Bearer eve\r\n";
    for (const std::string& form :
         {std::string(),
          streaming,
          streaming + "Last-Event-ID: 1\r\n",
          std::string("If-None-Match: \"1\"\r\n"),
          std::string("If-Match: *\r\n")}) {
        const Answer hidden = ask(eve + form);
        const Answer absent = ask(eve + form, "/aggregates/counter/c-2");
        EXPECT_EQ(hidden.status, 404) << form;
        EXPECT_EQ(hidden.body, absent.body) << form;
        EXPECT_EQ(
            hidden.head.substr(0, hidden.head.find("Date:")),
            absent.head.substr(0, absent.head.find("Date:"))
        );
    }
    EXPECT_EQ(ask(ada).status, 200);
}

TEST_F(AggregateRoutesSpec, ShowsAnAggregateAsItIsNowHoweverOftenItWasShown) {
    serve();
    for (int versions = 1; versions <= 5; ++versions) {
        append(1);
        for (int i = 0; i < 2; ++i)
            EXPECT_TRUE(ask(ada).has("ETag: \"" + std::to_string(versions) + '"'));
    }
}

TEST_F(AggregateRoutesSpec, SaysThatAHistoryIsUnreadableAndNotWhy) {
    append(1, R"({"by":"secret"})");
    serve();
    for (const std::string& form : {std::string(), streaming}) {
        const Answer unreadable = ask(ada + form);
        EXPECT_EQ(unreadable.status, 500);
        EXPECT_NE(unreadable.body.find("unreadable-history"), std::string::npos);
        EXPECT_EQ(unreadable.body.find("json.exception"), std::string::npos) << unreadable.body;
    }
}

TEST_F(AggregateRoutesSpec, ShowsARestoredLogAsItIs) {
    append(1);
    const auto backup = store.read([](const auto& tables) { return tables; });
    append(2);
    serve();
    EXPECT_NE(ask(ada).body.find(R"("version":3,"state":3)"), std::string::npos);

    store.restore(backup);
    version = 1;
    EXPECT_NE(ask(ada).body.find(R"("version":1,"state":1)"), std::string::npos);
    append(3, R"({"by":5})");
    EXPECT_NE(ask(ada).body.find(R"("version":4,"state":16)"), std::string::npos);
}

TEST_F(AggregateRoutesSpec, SaysWhenAUserMayReadAgain) {
    serve();
    rate.charge("ada", 100'000);
    for (const std::string& form : {std::string(), streaming}) {
        const Answer refused = ask(ada + form);
        EXPECT_EQ(refused.status, 429);
        EXPECT_NE(refused.body.find("too-many-reads"), std::string::npos);
    }
}

TEST_F(AggregateRoutesSpec, BeginsWithASnapshotAndGoesLive) {
    append(3);
    serve();
    RawClient client = follow();
    const std::string head = client.head();
    EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
    for (const std::string& line : std::initializer_list<std::string>{
             "Content-Type: text/event-stream; charset=utf-8",
             "Cache-Control: no-store, no-transform",
             "X-Accel-Buffering: no",
             vary})
        EXPECT_NE(head.find("\r\n" + line + "\r\n"), std::string::npos) << line;
    EXPECT_EQ(client.read_to("retry: "), ":\nretry: ");
    client.read_to("\n");
    EXPECT_EQ(client.read_to("\n\n"), snapshot(3, 3));
    append(1);
    feed(1, 4);
    const std::string event = client.read_to("\n\n");
    EXPECT_EQ(event, frame(4));
    for (const char* private_to_the_sender : {"sender", "secret", "correlation"})
        EXPECT_EQ(event.find(private_to_the_sender), std::string::npos) << event;
}

TEST_F(AggregateRoutesSpec, GoesOnWithExactlyTheRest) {
    append(450);
    serve();
    RawClient client = follow("Last-Event-ID: 2\r\n", "?last-event-id=400");
    skip_greeting(client);
    for (std::int64_t of = 3; of <= 450; ++of) ASSERT_EQ(client.read_to("\n\n"), frame(of));
    append(1);
    feed(440, 451);
    EXPECT_EQ(client.read_to("\n\n"), frame(451));
}

TEST_F(AggregateRoutesSpec, TakesACookieAndAVersionInTheQuery) {
    append(2);
    serve();
    RawClient client(
        server->port(),
        streaming + "Cookie: antiphon_token=ada\r\nSec-Fetch-Site: same-origin\r\n",
        "/aggregates/counter/c-1?lastEventId=1"
    );
    skip_greeting(client);
    EXPECT_EQ(client.read_to("\n\n"), frame(2));
    EXPECT_EQ(
        ask(ada + streaming, "/aggregates/counter/c-1?lastEventId=1&last-event-id=1").status, 400
    );
    EXPECT_EQ(ask(ada, "/aggregates/counter/c-1?lastEventId=1").status, 400) << "not of JSON";
}

TEST_F(AggregateRoutesSpec, AnswersHeadInTheFormThatIsWanted) {
    append(1);
    serve();
    EXPECT_TRUE(ask(ada, "/aggregates/counter/c-1", "HEAD").has("Content-Type: application/json"));
    const Answer stream = ask(ada + streaming, "/aggregates/counter/c-1", "HEAD");
    EXPECT_EQ(stream.status, 200);
    EXPECT_TRUE(stream.has("Content-Type: text/event-stream; charset=utf-8")) << stream.head;
    EXPECT_EQ(stream.body, "");
    EXPECT_EQ(ask(ada + streaming, "/aggregates/counter/c-2", "HEAD").status, 404);
}

TEST_F(AggregateRoutesSpec, CountsTheStreamsOfAUser) {
    settings.connections_per_user_max = 2;
    append(1);
    serve();
    RawClient first = follow();
    skip_greeting(first);
    {
        RawClient second = follow();
        skip_greeting(second);
        const Answer third = ask(ada + streaming);
        EXPECT_EQ(third.status, 429);
        EXPECT_NE(third.body.find("too-many-streams"), std::string::npos);
    }
    while (
        ask(ada + streaming + "Last-Event-ID: 1\r\n", "/aggregates/counter/c-1", "HEAD").status !=
        200
    )
        continue;  // until the gateway has noticed that the second is gone
}

TEST_F(AggregateRoutesSpec, EndsWhereItsClientMayNotGoOn) {
    settings.permission_every = 1ms;
    const auto empty = store.read([](const auto& tables) { return tables; });
    append(2);
    serve();
    RawClient client = follow("Last-Event-ID: 1\r\n");
    skip_greeting(client);
    EXPECT_EQ(client.read_to("\n\n"), frame(2));
    append(1);
    const std::string last = frame(3);
    feed(1, 3);
    EXPECT_EQ(client.read_to("\n\n"), last);
    append(1);
    const std::string after = frame(4);
    store.restore(empty);  // as if it were not there for this client
    feed_one(4, after);
    EXPECT_TRUE(client.rest().starts_with(after)) << "and then it ends";
}

}  // namespace
}  // namespace gateway::aggregates
