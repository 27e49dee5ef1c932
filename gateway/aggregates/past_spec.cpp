#include "gateway/aggregates/spec_served.hpp"

namespace gateway::aggregates {
namespace {

using namespace spec;

const std::string c1 = "/aggregates/counter/c-1";
const std::string heir = "Authorization: Bearer heir\r\n";

struct PastSpec : Served {
    static std::string state(int version, int sum) {
        return R"({"category":"counter","entity":"c-1","version":)" + std::to_string(version) +
               R"(,"state":)" + std::to_string(sum) + '}';
    }

    std::string event(std::int64_t of) {
        const domain::StreamCursor cursor{{"counter", "c-1"}, {of - 1}};
        return sse::followed_event(log.read_streams({&cursor, 1}, 1).at(0));
    }

    std::string events(std::int64_t from, std::int64_t to) {
        std::string all;
        for (auto of = from; of <= to; ++of) all += (all.empty() ? '[' : ',') + event(of);
        return all.empty() ? "[]" : all + ']';
    }

    Answer at(const std::string& version) { return ask(ada, c1 + "?version=" + version); }
    Answer when(const std::string& time) { return ask(ada, c1 + "?at=1970-01-01T00:" + time); }
};

TEST_F(PastSpec, ShowsTheStateOfEachVersionInWhateverOrder) {
    append(9);
    serve();
    for (const int version : {3, 1, 9, 4, 5, 6, 2, 8, 8, 7}) {
        const Answer then = at(std::to_string(version));
        EXPECT_EQ(then.status, 200);
        EXPECT_EQ(then.body, state(version, version));
        EXPECT_TRUE(then.has("ETag: \"" + std::to_string(version) + '"'));
        EXPECT_EQ(ask(ada).body, state(9, 9)) << "and what is now stays what it is";
    }
    EXPECT_EQ(ask(ada + "If-None-Match: \"4\"\r\n", c1 + "?version=4").status, 304);
    append(1);
    EXPECT_EQ(at("9").body, state(9, 9));
    EXPECT_EQ(ask(ada).body, state(10, 10));
}

TEST_F(PastSpec, ShowsTheStateAtATime) {
    append(5);  // ten seconds apart
    serve();
    EXPECT_EQ(when("00:10Z").body, state(1, 1));
    EXPECT_EQ(when("00:29.999999Z").body, state(2, 2));
    EXPECT_EQ(when("00:50Z").body, state(5, 5));
    EXPECT_EQ(when("59:00Z").body, state(5, 5));
    EXPECT_EQ(ask(ada, c1 + "?at=1970-01-01T01:00:30%2B01:00").body, state(3, 3));
    const Answer before = when("00:09.9Z");
    EXPECT_EQ(before.status, 404);
    EXPECT_EQ(before.body, ask(ada, "/aggregates/counter/c-2").body) << "there was none";
}

TEST_F(PastSpec, SaysWhatIsNoMomentOfIt) {
    append(2);
    serve();
    const Answer later = at("3");
    EXPECT_EQ(later.status, 404);
    EXPECT_NE(later.body.find("unknown-version"), std::string::npos) << later.body;
    EXPECT_FALSE(later.has("ETag: \"2\""));
    EXPECT_EQ(at("9223372036854775807").status, 404);
    for (const char* none : {"0", "-1", "x", "", "1.0", "+1", "9223372036854775808"})
        EXPECT_NE(at(none).body.find("invalid-version"), std::string::npos) << none;
    for (const char* none : {"2026-01-31", "", "5", "2026-01-31T12:00:00"})
        EXPECT_NE(ask(ada, c1 + "?at=" + none).body.find("invalid-time"), std::string::npos);
    EXPECT_EQ(ask(ada, c1 + "?version=1&at=1970-01-01T00:00:10Z").status, 400);
    EXPECT_EQ(ask(ada + streaming, c1 + "?version=1").status, 400) << "a stream has its cursor";
}

TEST_F(PastSpec, ListsTheEventsInPages) {
    append(5);
    serve();
    const Answer all = ask(ada, c1 + "/events");
    EXPECT_EQ(all.status, 200);
    EXPECT_EQ(all.body, events(1, 5));
    EXPECT_TRUE(all.has("Content-Type: application/cloudevents-batch+json")) << all.head;
    EXPECT_EQ(all.head.find("Link:"), std::string::npos);
    EXPECT_EQ(all.body.find("sender"), std::string::npos) << "as a stream shows them";

    const Answer first = ask(ada, c1 + "/events?limit=2");
    EXPECT_EQ(first.body, events(1, 2));
    EXPECT_TRUE(first.has("Link: <" + c1 + "/events?after=2&limit=2>; rel=\"next\"")) << first.head;
    const Answer last = ask(ada, c1 + "/events?after=4&limit=2");
    EXPECT_EQ(last.body, events(5, 5));
    EXPECT_EQ(last.head.find("Link:"), std::string::npos);
    EXPECT_EQ(ask(ada, c1 + "/events?after=5").body, "[]");
    EXPECT_EQ(ask(ada, c1 + "/events?after=9").body, "[]");
}

TEST_F(PastSpec, EndsAPageOfLargeEventsEarly) {
    append(3, R"({"by":1,"note":")" + std::string(200'000, 'n') + R"("})");
    serve();
    const Answer first = ask(ada, c1 + "/events");
    EXPECT_EQ(first.body, events(1, 1));
    EXPECT_TRUE(first.has("Link: <" + c1 + "/events?after=1&limit=200>; rel=\"next\""));
}

TEST_F(PastSpec, RefusesNonsenseOfEvents) {
    append(1);
    serve();
    for (const char* none : {"after=-1", "after=x", "after=", "limit=0", "limit=201", "limit=x"})
        EXPECT_EQ(ask(ada, c1 + "/events?" + none).status, 400) << none;
    EXPECT_EQ(ask(ada, c1 + "/events?version=1").status, 400);
    EXPECT_EQ(ask(ada + streaming, c1 + "/events").status, 406);
    EXPECT_EQ(ask("", c1 + "/events").status, 401);
}

TEST_F(PastSpec, ShowsWhoMayNotReadThePresentWhatItShowsOfNothing) {
    append(2);
    serve();
    const std::string eve = "Authorization: Bearer eve\r\n";
    for (const char* what : {"?version=1", "?version=9", "?at=1970-01-01T00:00:10Z", "/events"}) {
        const Answer hidden = ask(eve, c1 + what);
        const Answer absent = ask(eve, "/aggregates/counter/c-2" + std::string(what));
        EXPECT_EQ(hidden.status, 404);
        EXPECT_EQ(hidden.body, absent.body);
        EXPECT_EQ(
            hidden.head.substr(0, hidden.head.find("Date:")),
            absent.head.substr(0, absent.head.find("Date:"))
        );
        EXPECT_EQ(ask(heir, c1 + what).body, absent.body) << "who may not yet";
    }
}

TEST_F(PastSpec, ShowsAStateToWhoMayReadThatOneToo) {
    append(4);
    serve();
    EXPECT_EQ(ask(heir).body, state(4, 4));
    EXPECT_EQ(ask(heir, c1 + "?version=3").body, state(3, 3));
    const Answer hidden = ask(heir, c1 + "?version=2");
    EXPECT_EQ(hidden.status, 404);
    EXPECT_EQ(hidden.body, ask(heir, "/aggregates/counter/c-2").body);
    EXPECT_EQ(at("2").body, state(2, 2));
    EXPECT_EQ(ask(heir, c1 + "/events").body, events(1, 4)) << "as a stream does";
}

TEST_F(PastSpec, LeavesAUsersStepsToThatUser) {
    append(9);
    serve();
    for (int version = 8; version > 3; --version) {
        EXPECT_EQ(at(std::to_string(version)).body, state(version, version));
        EXPECT_EQ(ask(heir, c1 + "?version=3").body, state(3, 3));
    }
}

TEST_F(PastSpec, ShowsThePastOfARestoredLogAsItIs) {
    append(1);
    const auto backup = store.read([](const auto& tables) { return tables; });
    append(3);
    serve();
    EXPECT_EQ(at("3").body, state(3, 3));
    store.restore(backup);
    version = 1;
    EXPECT_EQ(at("3").status, 404);
    append(3, R"({"by":5})");
    EXPECT_EQ(at("3").body, state(3, 11));
}

struct LongPastSpec : Served {
    LongPastSpec() : Served(1, 1'000) {}
};

TEST_F(LongPastSpec, CostsWhatItTakesFromTheStore) {
    append(2'000);
    serve();
    EXPECT_EQ(ask(ada).status, 200);
    rate.charge("ada", 985);  // of 1,000
    EXPECT_EQ(ask(ada, c1 + "?version=1999").status, 200);
    EXPECT_EQ(ask(ada).status, 429);
}

TEST_F(PastSpec, BeginsBehindASnapshotThatIsNotBeyond) {
    append(8);
    infra::memory::MemorySnapshotStore snapshots(store, domain::state_forms(aggregates));
    const auto fifth = log.read({4}, 1).at(0);
    // Told apart from what the events make of it, for this spec alone.
    snapshots.save(domain::snapshot_of({fifth.stream, fifth.version, "500"}, fifth, 1));
    serve();
    EXPECT_EQ(at("7").body, state(7, 502));
    EXPECT_EQ(at("4").body, state(4, 4));
}

}  // namespace
}  // namespace gateway::aggregates
