#include "tests/kit/world.hpp"

#include "gateway/aggregates/fold.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/process/local_folder.hpp"
#include "tests/simulation/clients.hpp"

#include <nlohmann/json.hpp>

#include <deque>
#include <map>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <variant>

namespace kit {
namespace {

using namespace std::chrono_literals;

constexpr auto tick = 2ms;
constexpr int quiet_ticks = 200;  // more than anything waits for, once all processes run
constexpr int ticks_max = 30'000;
constexpr std::size_t whole_history = 1'000'000;

/// Nobody is refused for what others do.
simulation::Setup without_limits(simulation::Random& random) {
    simulation::Setup setup(random);
    setup.rate.per_s = setup.bytes.per_s = 0;
    setup.backlog.commands_max = 0;
    setup.intake.waiting_max = 10'000;
    setup.intake.waiting_max_per_user_percent = 100;
    return setup;
}

}  // namespace

/// The processes and clients of the simulation, without its faults.
struct World::Parts {
    Parts() { world.faults.end(); }

    void step() {
        world.clock.advance(tick);
        for (simulation::Process* process : processes) process->step();
        worker.watch();
        worker.save_snapshots();
        commands.expire();
        commands.look();
        for (auto& listener : listeners) listener.step(gateways);
    }

    template <class Done>
    void run_until(Done done) {
        for (int i = 0; !done(); ++i) {
            if (i == ticks_max) throw std::runtime_error("the world does not come to rest");
            step();
        }
    }

    /// What happened so far; and whether all that was accepted is answered, and shown to its user.
    auto progress() {
        return world.store.read([&](const infra::memory::Tables& tables) {
            std::map<std::string, std::int64_t> last;
            std::size_t answered = 0;
            for (const auto& event : tables.events) {
                last[domain::user_key(event.issuer)] = event.position.value;
                for (const std::string& user : event.hears) last[user] = event.position.value;
                answered += event.last;
            }
            bool done = answered == tables.commands.size();
            for (const auto* process : processes) done = done && process->up();
            for (const auto& listener : listeners)
                done =
                    done && listener.has_reached({tables.incarnation, last[listener.what().user]});
            return std::tuple(done, tables.events.size(), world.history.shown.size());
        });
    }

    void come_to_rest() {
        auto before = progress();
        int quiet = 0;
        run_until([&] {
            auto now = progress();
            quiet = now == before && std::get<0>(now) ? quiet + 1 : 0;
            before = std::move(now);
            return quiet > quiet_ticks;
        });
    }

    simulation::World world{{}, false};
    const simulation::Setup setup{without_limits(world.random)};
    simulation::CommandGateway commands{world, "commands", setup};
    simulation::RelayProcess command_relay{world, "relay-c", setup, domain::Log::commands};
    simulation::RelayProcess event_relay{world, "relay-e", setup, domain::Log::events};
    simulation::WorkerProcess worker{world, "worker", setup};
    std::vector<std::unique_ptr<simulation::SseGateway>> gateways = [this] {
        std::vector<std::unique_ptr<simulation::SseGateway>> one;
        one.push_back(std::make_unique<simulation::SseGateway>(world, "sse", setup));
        return one;
    }();
    const std::vector<simulation::Process*> processes{
        &commands,
        &command_relay,
        &event_relay,
        &worker,
        gateways.front().get()};
    std::deque<simulation::Listener> listeners;
    int keys = 0;
};

std::ostream& operator<<(std::ostream& out, const Heard& heard) {
    return out << heard.type << ' ' << heard.data << " of " << heard.entity;
}

World::World() : parts_(std::make_unique<Parts>()) {}
World::~World() = default;

World::User World::user(std::string subject, std::string claims, std::string token_issuer) {
    domain::Issuer user{std::move(subject), std::move(claims), std::move(token_issuer)};
    const std::size_t stream = parts_->world.history.streams.size();
    parts_->listeners.emplace_back(
        parts_->world, simulation::Stream{.user = domain::user_key(user)}
    );
    parts_->come_to_rest();
    return {*parts_, std::move(user), stream};
}

void World::crash() {
    for (simulation::Process* process : parts_->processes) process->crash();
}

void World::wipe_broker() { parts_->world.broker.wipe(); }

World::User::User(Parts& parts, domain::Issuer user, std::size_t stream)
    : parts_(parts), user_(std::move(user)), stream_(stream) {}

Posted World::User::post(const std::string& path, const std::string& body, std::string key) {
    if (key.empty()) key = "key-" + std::to_string(++parts_.keys);
    const auto entity = path.find('/'), name = path.rfind('/');
    if (name <= entity) throw std::invalid_argument("a path is category/entity/name: " + path);
    const simulation::Request request{
        .user = domain::user_key(user_),
        .key = std::move(key),
        .category = path.substr(0, entity),
        .entity = path.substr(entity + 1, name - entity - 1),
        .name = path.substr(name + 1),
        .body = body,
        .claims = user_.claims};
    parts_.run_until([&] { return parts_.commands.up(); });
    std::optional<simulation::Reply> reply;
    parts_.commands.post(request, [&](simulation::Reply got) { reply = std::move(got); });
    parts_.run_until([&] { return reply.has_value(); });
    return {reply->status, reply->command_id};
}

Heards World::User::hears() {
    parts_.come_to_rest();
    Heards heard;
    const auto& shown = parts_.world.history.shown;
    for (; heard_ < shown.size(); ++heard_) {
        const auto& each = shown[heard_];
        if (each.stream != stream_ || each.kind != simulation::Shown::Kind::event) continue;
        const auto json = nlohmann::ordered_json::parse(each.cloud_event);
        const auto type = json.at("type").get<std::string>();  // behind the category and a dot
        heard.push_back({each.entity, type.substr(type.find('.') + 1), json.at("data").dump()});
    }
    return heard;
}

std::string World::User::outcome(const std::string& id) {
    parts_.come_to_rest();
    return parts_.commands.status(domain::user_key(user_), id).value_or("pending");
}

domain::Payload World::User::sees(const std::string& path) {
    parts_.come_to_rest();
    const auto slash = path.find('/');
    if (slash == path.npos) throw std::invalid_argument("a path is category/entity: " + path);
    const domain::StreamId stream{path.substr(0, slash), path.substr(slash + 1)};
    infra::memory::MemoryEventLog log(parts_.world.store);
    infra::process::LocalFolder folder(parts_.setup.newer_aggregates, 1);
    const auto step = gateway::aggregates::fold_on(log, folder, {stream}, nullptr, whole_history);
    if (!step.fold) throw std::runtime_error(path + " is unreadable: " + step.unreadable);
    if (step.fold->version.value == 0) return {};
    const domain::Asked asked{
        .user = user_,
        .time = parts_.world.clock.now(),
        .entity = stream.entity,
        .version = step.fold->version};
    return std::get<bool>(folder.may_read(stream, asked)) ? step.fold->json : domain::Payload{};
}

}  // namespace kit
