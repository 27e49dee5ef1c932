#include "tests/simulation/roles.hpp"

#include "gateway/commands/answers.hpp"
#include "services/operations/repartition.hpp"
#include "tests/kit/toy_aggregate.hpp"
#include "tests/simulation/other_build.hpp"

#include <nlohmann/json.hpp>

#include <utility>
#include <variant>

namespace simulation {
namespace {

/// In one of the ways that HTTP has for it.
std::pair<std::string, std::string>
condition(const std::set<std::int64_t>& versions, Random& random) {
    if (versions.empty()) return {"if-match", "*"};
    if (versions == std::set<std::int64_t>{0} && random.percent(50)) return {"if-none-match", "*"};
    std::string tags;
    for (const auto version : versions) {
        const std::string tag = '"' + std::to_string(version) + '"';
        tags = random.percent(50) ? tag + ", " + tags : tags + ", " + tag;
    }
    return {"if-match", tags};
}

}  // namespace

Setup::Setup(Random& random)
    : aggregates(domain::all_aggregates()), partitions(random.between(1, 3)) {
    aggregates.push_back(std::make_unique<kit::ToyAggregate>());
    for (const auto& aggregate : aggregates) categories.emplace_back(aggregate->category());
    newer_aggregates = domain::all_aggregates();
    newer_aggregates.push_back(std::make_unique<kit::ToyAggregate>());
    newer_aggregates.push_back(std::make_unique<kit::ToyAggregate>("gone"));
    other_aggregates = domain::all_aggregates();
    other_aggregates.push_back(std::make_unique<kit::ToyAggregate>());
    for (auto& each : other_aggregates) {
        if (each->category() == "account") each = std::make_unique<OtherAccount>(std::move(each));
    }

    intake.waiting_max = random.size(2, 20);
    intake.batch_max = random.size(1, 8);
    intake.answer_timeout = random.time(50, 500);
    intake.waiting_max_per_user_percent = random.size(20, 100);
    rate.per_s = random.percent(50) ? 0 : static_cast<std::int64_t>(random.size(5, 50));
    rate.burst = static_cast<std::int64_t>(random.size(1, 20));
    bytes.per_s = random.percent(50) ? 0 : static_cast<std::int64_t>(random.size(200, 2'000));
    bytes.burst = static_cast<std::int64_t>(random.size(1, 400));
    backlog.commands_max = random.percent(50) ? 0 : random.size(5, 60);
    backlog.per_user_percent = random.size(20, 100);
    relay.batch_max = random.size(1, 10);
    relay.lease_ttl = random.time(200, 800);
    relay.checkpoint_every = random.time(1, 100);
    relay.view_every = random.time(50, 300);
    key_max_age = std::chrono::seconds(random.between(1, 30));
    verifier.reload_every = random.time(100, 1'000);
    verifier.reload_pause = random.time(10, 100);
    worker.batch_max = random.size(1, 8);
    worker.states_max = random.size(1, 6);
    worker.page_max = random.size(1, 6);
    worker.attempts = random.between(1, 3);
    worker.patience = random.time(1, 50);
    worker.decide_timeout = random.time(20, 300);
    worker.probation = random.time(1, 1'000);
    worker.stray_patience = random.time(50, 500);
    worker.look_every = random.time(20, 200);
    worker.commit_every = random.time(1, 100);
    snapshots.events = random.percent(80) ? random.size(1, 6) : 0;
    snapshots.fold = {};
    feed.topics = {topics.replies()};
    followed.topics.clear();
    for (const auto& category : categories) followed.topics.push_back(topics.events(category));
    for (auto* reader : {&feed, &followed}) {
        reader->partitions = partitions;
        reader->batch_max = random.size(1, 10);
        reader->check_interval = random.time(20, 300);
    }
    sse.queue_frames_max = random.size(1, 8);
    sse.queue_bytes_max = random.percent(50) ? 1'000 : 100'000;
    sse.page_events_max = random.size(1, 5);
    sse.page_bytes_max = random.percent(50) ? 1'000 : 100'000;
    reach_max = random.percent(50) ? 1'000 : random.between(5, 30);
}

void CommandGateway::start() {
    ++starts_;
    intake_ = std::make_unique<gateway::commands::Intake>(
        store_.commands, notifier_, world().clock, setup_.intake
    );
    rate_ = std::make_unique<gateway::RateLimiter>(world().clock, setup_.rate);
    bytes_ = std::make_unique<gateway::RateLimiter>(world().clock, setup_.bytes);
    backlog_ = std::make_unique<gateway::commands::Backlog>(
        store_.commands,
        store_.claims,
        store_.leases,
        setup_.topics,
        setup_.partitions,
        setup_.backlog
    );
    admission_ = std::make_unique<gateway::commands::Admission>(
        gateway::commands::Aggregates{setup_.newer_aggregates},
        *rate_,
        *bytes_,
        *intake_,
        *backlog_,
        world().clock
    );
}

void CommandGateway::die() {
    admission_.reset();
    backlog_.reset();
    bytes_.reset();
    rate_.reset();
    intake_.reset();
}

void CommandGateway::post(const Request& request, const std::function<void(Reply)>& answer) {
    namespace commands = gateway::commands;
    if (!up()) return;
    gateway::http::Request http;
    http.method = "POST";
    http.parameters = {
        {"category", request.category}, {"entity", request.entity}, {"name", request.name}};
    http.headers = {{"idempotency-key", request.key}};
    if (request.expected) http.headers.push_back(condition(*request.expected, world().random));
    http.body = request.body;
    domain::VerifiedToken caller;
    caller.issuer = domain::user_of(request.user);
    caller.issuer.claims = request.claims;
    auto admitted = admission_->admit(http, caller);
    if (const auto* refused = std::get_if<gateway::http::Response>(&admitted))
        return answer(read(*refused));

    world().history.let_in.push_back(
        {.gateway = name() + std::to_string(starts_),
         .user = request.user,
         .bytes = static_cast<std::int64_t>(request.body.size()),
         .at_ms = world().clock.elapsed().count()}
    );
    auto& command = std::get<domain::NewCommand>(admitted);
    const std::string id = command.command.id;
    const auto refusal =
        intake_->offer(std::move(command), [answer, id](const commands::IntakeAnswer& acceptance) {
            answer(read(commands::answered(id, acceptance)));
        });
    if (refusal) answer(read(commands::refused(*refusal)));
}

/// As a client does.
Reply CommandGateway::read(const gateway::http::Response& response) {
    Reply reply{.status = response.status};
    if (reply.status != 202) return reply;
    const auto body = nlohmann::json::parse(response.body);
    reply.command_id = body.at("id");
    const auto cursor = domain::parse_cursor(body.at("cursor").get<std::string>());
    reply.cursor = {cursor->incarnation, cursor->position.value};
    return reply;
}

std::optional<std::string> CommandGateway::status(const std::string& user, const std::string& id) {
    if (!up()) return std::nullopt;
    std::string body;
    const domain::Issuer issuer = domain::user_of(user);
    run([&] { body = gateway::commands::read_status(store_.commands, store_.events, id, issuer); });
    if (body.empty()) return std::nullopt;
    return nlohmann::json::parse(body).at("status").get<std::string>();
}

void CommandGateway::expire() {
    if (up()) run([&] { intake_->expire(); });
}

void CommandGateway::look() {
    if (looking_ || !up()) return;
    looking_ = true;
    run([&] { backlog_->look(); });
    looking_ = false;
}

void Operator::work() {
    using services::operations::Repartitioned;
    if (wanted_ == 0) return;
    const auto what =
        services::operations::repartition(generations_, setup_.topics, wanted_, setup_.reach_max);
    if (what == Repartitioned::behind) return;
    world().trace(name(), "has {} partitions", wanted_);
    wanted_ = 0;
}

RelayProcess::RelayProcess(World& world, std::string name, const Setup& setup, domain::Log log)
    : Process(world, std::move(name)), setup_(setup), log_(log) {}

void RelayProcess::start() {
    using namespace services::relay;
    older_ = world().strikes(Fault::older_build, name());
    std::vector<std::string> categories = setup_.categories;
    if (older_) std::erase(categories, "toy");
    if (log_ == domain::Log::commands) {
        feed_ = std::make_unique<CommandFeed>(
            store_.commands,
            store_.events,
            store_.claims,
            setup_.topics,
            std::move(categories),
            setup_.partitions
        );
    } else {
        feed_ = std::make_unique<EventFeed>(
            store_.events, store_.commands, setup_.topics, std::move(categories), setup_.partitions
        );
    }
    services::relay::RelaySettings settings = setup_.relay;
    settings.holder = name() + "/" + std::to_string(++starts_);
    publisher_ = std::make_unique<Publisher>(*this);
    signer_ =
        std::make_unique<infra::crypto::HmacRecordSigner>(store_.record_keys, setup_.key_max_age);
    relay_ = std::make_unique<services::relay::Relay>(
        *feed_, store_.leases, *publisher_, *signer_, world().clock, std::move(settings)
    );
}

void RelayProcess::die() {
    relay_.reset();
    publisher_.reset();
}

void WorkerProcess::start() {
    std::vector<std::string> names;
    for (const auto& category : setup_.categories)
        names.push_back(setup_.topics.commands(category));
    consumer_ = std::make_unique<Consumer>(
        *this,
        std::make_unique<infra::memory::MemoryRecordConsumer>(world().broker, names, "workers")
    );
    verifier_ = std::make_unique<infra::crypto::HmacRecordVerifier>(
        store_.record_keys, world().clock, setup_.verifier
    );
    const auto& aggregates =
        world().random.percent(50) ? setup_.aggregates : setup_.other_aggregates;
    const auto forms = domain::state_forms(aggregates);
    queue_ = std::make_unique<infra::runtime::SnapshotQueue>();
    saving_ = std::make_unique<Snapshots>(*this, forms);
    snapshots_ = std::make_unique<infra::runtime::QueuedSnapshots>(
        std::make_unique<Snapshots>(*this, forms), *queue_
    );
    deciders_ = std::make_unique<kit::FaultyDeciders>(
        aggregates,
        services::worker::LocalDeciderSettings{
            .states_max = setup_.worker.states_max,
            .attempts = setup_.worker.attempts,
            .snapshots = setup_.snapshots},
        world().clock
    );
    const services::worker::WorkerParts parts{
        .deciders = *deciders_,
        .deciders_apart = *deciders_,
        .consumer = *consumer_,
        .verifier = *verifier_,
        .commands = store_.commands,
        .events = store_.events,
        .snapshots = *snapshots_,
        .claims = store_.claims,
        .attempts = store_.attempts,
        .dead_letters = store_.dead_letters,
        .leases = store_.leases,
        .notifier = notifier_,
        .clock = world().clock};
    worker_ = std::make_unique<services::worker::Worker>(
        parts,
        setup_.topics,
        setup_.categories,
        domain::Generation{.partitions = setup_.partitions},
        setup_.worker
    );
}

void WorkerProcess::stop() {
    worker_->stop();
    consumer_->expire();
}

void WorkerProcess::die() {
    worker_.reset();
    deciders_.reset();
    snapshots_.reset();
    saving_.reset();
    queue_.reset();
    left_behind_.push_back({consumer_->leave_behind(), world().now() + setup_.session_timeout});
    consumer_.reset();
}

void WorkerProcess::watch() {
    const auto now = world().now();
    std::erase_if(left_behind_, [&](const LeftBehind& left) { return left.until <= now; });
    if (up() && now - consumer_->polled_at() > setup_.session_timeout) consumer_->expire();
}

void WorkerProcess::save_snapshots() {
    if (up() && queue_) run([&] { queue_->save_next(*saving_); });
}

void WorkerProcess::expire() {
    if (!up()) return;
    world().trace(name(), "is taken for dead by its group");
    consumer_->expire();
}

}  // namespace simulation
