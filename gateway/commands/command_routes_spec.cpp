#include "domain/kernel/outcome.hpp"
#include "gateway/commands/command_routes.hpp"
#include "gateway/commands/example_aggregate.hpp"
#include "gateway/http/target.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_append_notices.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_relay_leases.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gateway::commands {
namespace {

namespace asio = boost::asio;
using http::Request;
using http::Response;
using nlohmann::json;

/// Every token is its own subject.
class TrustingVerifier : public domain::TokenVerifier {
  public:
    std::variant<domain::VerifiedToken, domain::TokenRefusal>
    verify(std::string_view token, domain::Timestamp now) const override {
        return domain::VerifiedToken{{std::string(token), "{}"}, "", now + std::chrono::hours(1)};
    }
};

class CommandRoutesSpec : public ::testing::Test {
  protected:
    CommandRoutesSpec() { routes_.add_to(router_); }

    /// Puts a request on its way; its response comes while io_ runs.
    void
    start(std::string method, std::string_view target, std::string body, http::Fields headers) {
        auto request = std::make_shared<Request>();
        request->method = std::move(method);
        http::read_target(target, *request);
        request->body = std::move(body);
        request->headers = std::move(headers);
        const auto route = router_.find(*request);
        const http::Handler& handler = *std::get<const http::Handler*>(route);
        asio::co_spawn(
            io_,
            handler(*request),
            [this, request](std::exception_ptr error, Response response) {
                if (error) std::rethrow_exception(error);
                responses_.push_back(std::move(response));
            }
        );
    }

    Response
    ask(std::string method, std::string_view target, std::string body, http::Fields headers) {
        start(std::move(method), target, std::move(body), std::move(headers));
        io_.restart();
        while (responses_.empty() && io_.run_one_for(std::chrono::milliseconds(1)) <= 1)
            intake_.step();
        Response response = std::move(responses_.front());
        responses_.clear();
        return response;
    }

    Response post(std::string body, http::Fields more = {}) {
        more.emplace_back("authorization", "Bearer ada");
        return ask("POST", "/commands/counter/c-1/add", std::move(body), std::move(more));
    }

    Response get(std::string_view target, const std::string& user = "ada", http::Fields more = {}) {
        more.emplace_back("authorization", "Bearer " + user);
        return ask("GET", target, "", std::move(more));
    }

    /// What a worker would store for the last command.
    void apply(const std::vector<domain::NewEvent>& events, bool outcome = false) {
        const auto commands = log_.read({}, 1'000);
        const auto& [position, command] = commands.back();
        domain::EventBatch batch;
        for (const domain::NewEvent& event : events) {
            domain::EventEnvelope stored;
            stored.stream = command.stream;
            if (outcome) stored.stream = {std::string(domain::outcome_category), command.id};
            stored.version = {outcome ? 1 : ++version_};
            stored.type = event.type;
            stored.data = event.data;
            stored.command_id = command.id;
            stored.command_position = position;
            stored.ordinal = static_cast<std::int32_t>(batch.events.size());
            stored.last = batch.events.size() + 1 == events.size();
            stored.issuer = command.issuer;
            batch.events.push_back(std::move(stored));
        }
        ASSERT_TRUE(std::holds_alternative<domain::Appended>(events_.append(batch)));
    }

    domain::CommandEnvelope last_command() { return log_.read({}, 1'000).back().command; }

    infra::memory::MemoryStore store_;
    infra::memory::MemoryCommandLog log_{store_};
    infra::memory::MemoryEventLog events_{store_};
    infra::memory::MemoryAppendNotices notices_;
    infra::memory::MemoryAppendNotifier notifier_{notices_};
    infra::memory::ManualClock clock_;
    TrustingVerifier verifier_;
    std::vector<domain::AggregatePtr> aggregates_ = testing::counters();
    asio::io_context io_{1};
    Intake intake_{
        log_,
        notifier_,
        clock_,
        {.waiting_max = 2, .waiting_max_per_user_percent = 100}};
    infra::memory::MemoryPartitionClaims claims_{store_};
    infra::memory::MemoryRelayLeases leases_{store_, clock_};
    Backlog backlog_{log_, claims_, leases_, {}, 8, {.commands_max = 6, .per_user_percent = 100}};
    RateLimiter limiter_{clock_, {.commands_per_s_per_user = 1, .burst_per_user = 4}};
    StoreReaders readers_{
        [this] {
            return Stores{
                std::make_unique<infra::memory::MemoryCommandLog>(store_),
                std::make_unique<infra::memory::MemoryEventLog>(store_),
            };
        },
        1,
        10};
    auth::Authenticator authenticator_{verifier_, clock_};
    Admission admission_{aggregates_, limiter_, intake_, backlog_, clock_};
    CommandRoutes routes_{
        {.aggregates = aggregates_,
         .authenticator = authenticator_,
         .admission = admission_,
         .intake = intake_,
         .readers = readers_},
        {.fold_page_max = 2}};
    http::Router router_;
    std::vector<Response> responses_;
    std::int64_t version_ = 0;
};

TEST_F(CommandRoutesSpec, AcceptsACommandOnceItIsStored) {
    const Response response = post(R"({"by":1})", {{"x-correlation-id", "form-1"}});
    EXPECT_EQ(response.status, 202);
    const domain::CommandEnvelope stored = last_command();
    const json body = json::parse(response.body);
    EXPECT_EQ(body.at("id"), stored.id);
    EXPECT_EQ(body.at("correlationid"), "form-1");
    EXPECT_EQ(body.at("cursor"), "1-0");
    EXPECT_EQ(body.at("links").at("self"), "/commands/" + stored.id);
    EXPECT_EQ(body.at("links").at("events"), "/events");
    EXPECT_EQ(response.headers, (http::Fields{{"Location", "/commands/" + stored.id}}));
    EXPECT_EQ(stored.issuer.subject, "ada");
}

TEST_F(CommandRoutesSpec, AnswersARepeatAsTheFirst) {
    const http::Fields key{{"idempotency-key", "k"}, {"x-correlation-id", "first"}};
    const Response first = post(R"({"by":1})", key);
    apply({{"added", R"({"by":1})"}});
    const Response second = post(R"({"by":1})", {{"idempotency-key", "k"}});
    EXPECT_EQ(second.status, 202);
    EXPECT_EQ(second.body, first.body);
    EXPECT_EQ(second.headers, first.headers);
    EXPECT_EQ(log_.read({}, 9).size(), 1u);

    const Response other = post(R"({"by":2})", key);
    EXPECT_EQ(other.status, 422);
    EXPECT_EQ(json::parse(other.body).at("code"), "key-reused");
}

TEST_F(CommandRoutesSpec, RefusesARepeatWhileTheFirstIsUnderWay) {
    const http::Fields headers{{"idempotency-key", "k"}, {"authorization", "Bearer ada"}};
    for (int i = 0; i < 2; ++i) start("POST", "/commands/counter/c-1/add", R"({"by":1})", headers);
    while (responses_.empty()) io_.run_one();
    EXPECT_EQ(responses_[0].status, 409);
    EXPECT_EQ(json::parse(responses_[0].body).at("code"), "in-flight");
    intake_.step();
    io_.run();
    EXPECT_EQ(responses_[1].status, 202);
}

TEST_F(CommandRoutesSpec, SaysWhenItCannotTakeMore) {
    for (int i = 0; i < 3; ++i)
        start(
            "POST", "/commands/counter/c-1/add", R"({"by":1})", {{"authorization", "Bearer ada"}}
        );
    while (responses_.empty()) io_.run_one();
    EXPECT_EQ(responses_[0].status, 503);
    EXPECT_EQ(responses_[0].headers, (http::Fields{{"Retry-After", "1"}}));
    clock_.advance(std::chrono::seconds(6));
    intake_.expire();
    io_.run();
    ASSERT_EQ(responses_.size(), 3u);
    EXPECT_EQ(json::parse(responses_[1].body).at("code"), "store-away");
    responses_.clear();
    intake_.close();
    EXPECT_EQ(json::parse(post(R"({"by":1})").body).at("code"), "going-down");
}

TEST_F(CommandRoutesSpec, SaysWhenAUserMaySendAgain) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(post(R"({"by":1})").status, 202);
    const Response response = post("{");
    EXPECT_EQ(response.status, 429);
    EXPECT_EQ(response.headers, (http::Fields{{"Retry-After", "1"}}));
    EXPECT_EQ(json::parse(response.body).at("code"), "too-many-commands");
    const auto other =
        ask("POST", "/commands/counter/c-1/add", R"({"by":1})", {{"authorization", "Bearer bob"}});
    EXPECT_EQ(other.status, 202);
    clock_.advance(std::chrono::seconds(1));
    EXPECT_EQ(post(R"({"by":1})").status, 202);
}

TEST_F(CommandRoutesSpec, SaysWhenTheWorkersAreTooFarBehind) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(post(R"({"by":1})").status, 202);
    backlog_.look();
    clock_.advance(std::chrono::seconds(9));
    for (int i = 0; i < 3; ++i) post(R"({"by":1})");
    const Response response = post(R"({"by":1})");
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.headers, (http::Fields{{"Retry-After", "2"}}));
    EXPECT_EQ(json::parse(response.body).at("code"), "behind");
    EXPECT_EQ(log_.read({}, 9).size(), 6u);
}

TEST_F(CommandRoutesSpec, AsksWhoItIsFirst) {
    EXPECT_EQ(ask("POST", "/commands/nothing/c/none", "{", {}).status, 401);
    EXPECT_EQ(ask("GET", "/commands/1", "", {}).status, 401);
    EXPECT_EQ(ask("GET", "/aggregates/nothing/c", "", {}).status, 401);
    EXPECT_EQ(post("{").status, 400);
    EXPECT_EQ(post("{}").status, 422);
    EXPECT_TRUE(intake_.idle());
}

TEST_F(CommandRoutesSpec, TellsWhatBecameOfACommand) {
    const std::string target =
        "/commands/" + json::parse(post(R"({"by":2})").body).at("id").get<std::string>();
    json body = json::parse(get(target).body);
    EXPECT_EQ(body.at("status"), "pending");
    EXPECT_EQ(body.at("events"), json::array());
    EXPECT_EQ(
        body.at("command"), json({{"category", "counter"}, {"entity", "c-1"}, {"name", "add"}})
    );

    apply({{"added", R"({"by":1})"}, {"added", R"({"by": 1})"}});
    const Response response = get(target);
    EXPECT_NE(response.body.find(R"("data":{"by": 1}})"), std::string::npos) << response.body;
    body = json::parse(response.body);
    EXPECT_EQ(body.at("status"), "applied");
    EXPECT_EQ(body.at("events").at(0).at("type"), "counter.added");
    EXPECT_EQ(body.at("events").at(1).at("position"), 2);
    EXPECT_EQ(body.at("events").at(1).at("version"), 2);
}

TEST_F(CommandRoutesSpec, TellsWhyACommandWasRejected) {
    const std::string target =
        "/commands/" + json::parse(post(R"({"by":2})").body).at("id").get<std::string>();
    const domain::Rejection no{
        "too-much", "That is too much.", {{"/by", "too-large", "At most 1."}}};
    apply({domain::rejected(last_command(), no)}, true);
    const json body = json::parse(get(target).body);
    EXPECT_EQ(body.at("status"), "rejected");
    EXPECT_EQ(body.at("code"), "too-much");
    EXPECT_EQ(body.at("message"), "That is too much.");
    EXPECT_EQ(body.at("errors").at(0).at("location"), "/by");
    EXPECT_EQ(body.at("events"), json::array());
}

TEST_F(CommandRoutesSpec, TellsNobodyElse) {
    const std::string id = json::parse(post(R"({"by":2})").body).at("id").get<std::string>();
    EXPECT_EQ(get("/commands/" + id, "eve").status, 404);
    EXPECT_EQ(get("/commands/" + id + "x").status, 404);
    EXPECT_EQ(get("/commands/00000000-0000-7000-8000-000000000000").status, 404);
}

TEST_F(CommandRoutesSpec, ShowsAnAggregateFoldedInPages) {
    EXPECT_EQ(get("/aggregates/counter/c-1").status, 404);
    post(R"({"by":1})");
    for (int i = 0; i < 5; ++i) apply({{"added", R"({"by":1})"}});
    const Response response = get("/aggregates/counter/c-1");
    EXPECT_EQ(response.body, R"({"category":"counter","entity":"c-1","version":5,"state":5})");
    EXPECT_EQ(response.headers.at(0), (std::pair<std::string, std::string>{"ETag", "\"5\""}));

    EXPECT_EQ(get("/aggregates/counter/c-1", "eve", {{"if-none-match", "\"5\""}}).status, 304);
    EXPECT_EQ(get("/aggregates/counter/c-1", "eve", {{"if-none-match", "\"4\""}}).status, 200);
    EXPECT_EQ(get("/aggregates/counter/a%20b").status, 400);
    EXPECT_EQ(get("/aggregates/other/c-1").status, 404);
}

}  // namespace
}  // namespace gateway::commands
