#include "tests/simulation/roles.hpp"

#include "gateway/commands/answers.hpp"
#include "tests/kit/toy_aggregate.hpp"

#include <nlohmann/json.hpp>

#include <utility>
#include <variant>

namespace simulation {

Setup::Setup(Random& random)
    : aggregates(domain::all_aggregates()), partitions(random.between(1, 3)) {
    aggregates.push_back(std::make_unique<kit::ToyAggregate>());
    for (const auto& aggregate : aggregates) categories.emplace_back(aggregate->category());

    intake.waiting_max = random.size(2, 20);
    intake.batch_max = random.size(1, 8);
    intake.answer_timeout = random.time(50, 500);
    intake.waiting_max_per_user_percent = random.size(20, 100);
    limits.commands_per_s_per_user = random.percent(50) ? 0 : random.size(5, 50);
    limits.burst_per_user = random.size(1, 20);
    backlog.commands_max = random.percent(50) ? 0 : random.size(5, 60);
    backlog.per_user_percent = random.size(20, 100);
    relay.batch_max = random.size(1, 10);
    relay.lease_ttl = random.time(200, 800);
    relay.checkpoint_every = random.time(1, 100);
    relay.view_every = random.time(50, 300);
    worker.batch_max = random.size(1, 8);
    worker.states_max = random.size(1, 6);
    worker.page_max = random.size(1, 6);
    worker.look_every = random.time(20, 200);
    worker.commit_every = random.time(1, 100);
    feed.topic = topics.replies();
    feed.partitions = partitions;
    feed.batch_max = random.size(1, 10);
    feed.check_interval = random.time(20, 300);
    sse.queue_frames_max = random.size(1, 8);
    sse.queue_bytes_max = random.percent(50) ? 1'000 : 100'000;
    sse.page_events_max = random.size(1, 5);
    sse.page_bytes_max = random.percent(50) ? 1'000 : 100'000;
}

void CommandGateway::start() {
    intake_ = std::make_unique<gateway::commands::Intake>(
        store_.commands, notifier_, world().clock, setup_.intake
    );
    limiter_ = std::make_unique<gateway::commands::RateLimiter>(world().clock, setup_.limits);
    backlog_ = std::make_unique<gateway::commands::Backlog>(
        store_.commands,
        store_.claims,
        store_.leases,
        setup_.topics,
        setup_.partitions,
        setup_.backlog
    );
    admission_ = std::make_unique<gateway::commands::Admission>(
        setup_.aggregates, *limiter_, *intake_, *backlog_, world().clock
    );
}

void CommandGateway::die() {
    admission_.reset();
    backlog_.reset();
    limiter_.reset();
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
    if (request.if_match)
        http.headers.emplace_back("if-match", '"' + std::to_string(*request.if_match) + '"');
    http.body = request.body;
    domain::VerifiedToken caller;
    caller.issuer.subject = request.user;
    auto admitted = admission_->admit(http, caller);
    if (const auto* refused = std::get_if<gateway::http::Response>(&admitted))
        return answer(read(*refused));

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
    run([&] { body = gateway::commands::read_status(store_.commands, store_.events, id, user); });
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

RelayProcess::RelayProcess(World& world, std::string name, const Setup& setup, domain::Log log)
    : Process(world, std::move(name)), setup_(setup) {
    using namespace services::relay;
    if (log == domain::Log::commands) {
        feed_ = std::make_unique<CommandFeed>(
            store_.commands,
            store_.events,
            store_.claims,
            setup.topics,
            setup.categories,
            setup.partitions
        );
    } else {
        feed_ = std::make_unique<EventFeed>(
            store_.events, store_.commands, setup.topics, setup.categories, setup.partitions
        );
    }
}

void RelayProcess::start() {
    services::relay::RelaySettings settings = setup_.relay;
    settings.holder = name() + "/" + std::to_string(++starts_);
    publisher_ = std::make_unique<Publisher>(*this);
    relay_ = std::make_unique<services::relay::Relay>(
        *feed_, store_.leases, *publisher_, world().clock, std::move(settings)
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
    const services::worker::WorkerParts parts{
        .aggregates = setup_.aggregates,
        .consumer = *consumer_,
        .commands = store_.commands,
        .events = store_.events,
        .claims = store_.claims,
        .leases = store_.leases,
        .notifier = notifier_,
        .clock = world().clock};
    worker_ = std::make_unique<services::worker::Worker>(
        parts, setup_.topics, setup_.partitions, setup_.worker
    );
}

void WorkerProcess::stop() {
    worker_->stop();
    consumer_->expire();
}

void WorkerProcess::die() {
    worker_.reset();
    left_behind_.push_back({consumer_->leave_behind(), world().now() + setup_.session_timeout});
    consumer_.reset();
}

void WorkerProcess::watch() {
    const auto now = world().now();
    std::erase_if(left_behind_, [&](const LeftBehind& left) { return left.until <= now; });
    if (up() && now - consumer_->polled_at() > setup_.session_timeout) consumer_->expire();
}

void WorkerProcess::expire() {
    if (!up()) return;
    world().trace(name(), "is taken for dead by its group");
    consumer_->expire();
}

void SseGateway::start() {
    hub_ = std::make_unique<gateway::sse::Hub>(setup_.partitions);
    consumer_ = std::make_unique<Consumer>(
        *this,
        std::make_unique<infra::memory::MemoryRecordConsumer>(
            world().broker, std::vector{setup_.topics.replies()}
        )
    );
    feed_ = std::make_unique<gateway::sse::ReplyFeed>(
        *consumer_,
        events_,
        leases_,
        world().clock,
        setup_.feed,
        [this](const gateway::sse::FeedBatch& batch) { hub_->take(batch); }
    );
}

void SseGateway::die() {
    for (const auto& connection : connections_) connection->subscription.reset();
    connections_.clear();
    feed_.reset();
    consumer_.reset();
    hub_.reset();
}

ConnectionPtr SseGateway::connect(const std::string& user, const std::string& last_id) {
    if (!up()) return nullptr;
    auto connection = std::make_shared<Connection>();
    connection->subscription =
        std::make_unique<gateway::sse::Subscription>(*hub_, user, last_id, setup_.sse, [] {});
    connections_.push_back(connection);
    return connection;
}

void SseGateway::serve(const ConnectionPtr& connection) {
    constexpr std::size_t socket_bytes = 2'000;
    using Next = gateway::sse::Subscription::Next;
    if (!up()) return;
    if (!connection->subscription) {
        connections_.remove(connection);
        return;
    }
    switch (connection->subscription->next()) {
        case Next::read:
            if (connection->page) {
                if (connection->page->frames.empty())
                    connection->read_at = world().now() + world().random.time(1, 50);
                connection->subscription->page(*std::exchange(connection->page, std::nullopt));
            } else if (!connection->reading && connection->read_at <= world().now()) {
                read(connection);
            }
            break;
        case Next::send:
            if (connection->bytes.size() > socket_bytes) break;
            for (const auto& piece : connection->subscription->take()) connection->bytes += *piece;
            break;
        case Next::wait:
            break;
        case Next::end:
            connection->subscription.reset();
            break;
    }
}

/// What happens between the read and its arrival must not matter: it is given at another time.
void SseGateway::read(const ConnectionPtr& connection) {
    connection->reading = true;
    const std::string user = connection->subscription->subject();
    const auto after = connection->subscription->after();
    const bool done =
        run([&] { connection->page = gateway::sse::read_page(replica_, user, after, setup_.sse); });
    if (!done) connection->read_at = world().now() + world().random.time(10, 100);
    connection->reading = false;
}

}  // namespace simulation
