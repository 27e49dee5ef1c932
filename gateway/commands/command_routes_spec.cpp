#include "domain/kernel/outcome.hpp"
#include "gateway/commands/command_routes.hpp"
#include "gateway/http/target.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "tests/kit/admission_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
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
        const char* claims = token == "keeper" ? R"({"roles":["keeper"]})" : "{}";
        return domain::VerifiedToken{{std::string(token), claims}, now + std::chrono::hours(1)};
    }
};

class CommandRoutesSpec : public kit::AdmissionFixture {
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
        const auto found = router_.find(*request);
        if (const auto* own = std::get_if<Response>(&found)) {
            responses_.push_back(*own);
            return;
        }
        const auto* route = std::get<const http::Router::Route*>(found);
        const auto& handler = std::get<http::Handler>(route->handler);
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

    infra::memory::MemoryEventLog events_{store_};
    TrustingVerifier verifier_;
    asio::io_context io_{1};
    RateLimiter reads_{clock_, {.per_s = 1, .burst = 50}};
    const std::function<Stores()> open_ = [this] {
        return Stores{
            std::make_unique<infra::memory::MemoryCommandLog>(store_),
            std::make_unique<infra::memory::MemoryEventLog>(store_)};
    };
    StoreReaders readers_{open_, reads_, {.threads = 1}};
    auth::Authenticator authenticator_{verifier_, clock_};
    CommandRoutes routes_{
        {.aggregates = {aggregates_},
         .authenticator = authenticator_,
         .admission = admission_,
         .intake = intake_,
         .readers = readers_,
         .clock = clock_}};
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

TEST_F(CommandRoutesSpec, ChargesTheBytesOfACommandToItsUser) {
    const std::string large = R"({"by":1)" + std::string(992, ' ') + '}';
    EXPECT_EQ(post(large).status, 202);
    EXPECT_EQ(post(large.substr(0, 999) + 'x').status, 400);  // it had to be read, too
    const Response response = post(large);
    EXPECT_EQ(response.status, 429);
    EXPECT_EQ(response.headers, (http::Fields{{"Retry-After", "10"}}));
    EXPECT_EQ(json::parse(response.body).at("code"), "too-many-bytes");
    const http::Fields bob{
        {"authorization", "Bearer bob"}, {"content-length", std::to_string(large.size())}};
    for (const int status : {202, 202, 429})
        EXPECT_EQ(ask("POST", "/commands/counter/c-1/add", large, bob).status, status);
    clock_.advance(std::chrono::seconds(10));
    EXPECT_EQ(post(large).status, 202);
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
    EXPECT_EQ(post("{").status, 400);
    EXPECT_EQ(post("{}").status, 422);
    EXPECT_TRUE(intake_.idle());
}

TEST_F(CommandRoutesSpec, RefusesWhatTheClaimsForbid) {
    const auto reset = [&](const std::string& user) {
        return ask(
            "POST", "/commands/counter/c-1/reset", "{}", {{"authorization", "Bearer " + user}}
        );
    };
    const Response refused = reset("ada");
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(json::parse(refused.body).at("code"), "forbidden");
    EXPECT_EQ(log_.read({}, 10).size(), 0u);
    EXPECT_EQ(reset("keeper").status, 202);
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
    std::string upper = id;
    std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    EXPECT_EQ(get("/commands/" + upper).body, get("/commands/" + id).body);
    EXPECT_EQ(get("/commands/" + id).status, 200);
    EXPECT_EQ(get("/commands/" + id + "x").status, 404);
    EXPECT_EQ(get("/commands/00000000-0000-7000-8000-000000000000").status, 404);
}

// Foreign or none: the answer comes at a tick, so the time tells nothing of what the store found.
TEST_F(CommandRoutesSpec, SaysThatThereIsNoCommandAtATick) {
    const auto ms = [](auto time) { return time / std::chrono::milliseconds(1); };
    const auto id = post(R"({"by":1})", {{"idempotency-key", "1"}}).headers.front().second;
    for (const std::string& target :
         {id, std::string("/commands/00000000-0000-7000-8000-000000000000")}) {
        const auto start = std::chrono::steady_clock::now();
        EXPECT_EQ(get(target, "eve").status, 404);
        EXPECT_GE(ms(std::chrono::steady_clock::now() - start), 10) << target;
    }
}

TEST_F(CommandRoutesSpec, SaysWhenAUserMayReadAgain) {
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(get("/commands/00000000-0000-7000-8000-000000000000").status, 404);
    const char* target = "/commands/00000000-0000-7000-8000-000000000000";
    const Response response = get(target);
    EXPECT_EQ(response.status, 429);
    EXPECT_EQ(response.headers, (http::Fields{{"Retry-After", "1"}}));
    EXPECT_EQ(json::parse(response.body).at("code"), "too-many-reads");
    EXPECT_EQ(get(target, "bob").status, 404);
    EXPECT_EQ(post(R"({"by":1})").status, 202);
}

}  // namespace
}  // namespace gateway::commands
