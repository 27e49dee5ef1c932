#include "tests/simulation/simulation.hpp"

#include "domain/kernel/chain.hpp"
#include "tests/simulation/adversary.hpp"
#include "tests/simulation/clients.hpp"
#include "tests/simulation/decided_again.hpp"
#include "tests/simulation/exporter.hpp"
#include "tests/simulation/retrier.hpp"
#include "tests/simulation/verified.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace simulation {
namespace {

using namespace std::chrono_literals;

/// Two of them have one name, and two one issuer (domain::user_key()).
constexpr std::array users{"ada", "idp ada", "idp bob"};
constexpr std::size_t listeners_max = 10;

/// How long the system may take, without faults, to answer everything and to show it to everybody.
constexpr auto rest_max = 60s;

/// What the one number stands for, as domain/kernel/expected_version.hpp says it, and not read by
/// the code that is tested.
std::set<std::int64_t> versions_of(std::int64_t number) {
    if (number >= 0) return {number};
    std::set<std::int64_t> versions;
    if (number == -1) return versions;
    constexpr int span = 15;
    const std::int64_t smallest = (-2 - number) >> span;
    versions.insert(smallest);
    for (int above = 1; above <= span; ++above) {
        if (((-2 - number) >> (above - 1) & 1) != 0) versions.insert(smallest + above);
    }
    return versions;
}

class Simulation {
  public:
    Simulation(const Plan& plan, bool traced)
        : plan_(plan), world_(plan, traced), setup_(world_.random) {
        for (const std::string number : {"1", "2"}) {
            add(command_gateways_, "commands-" + number);
            add(sse_gateways_, "sse-" + number);
            add(relays_, "relay-c" + number, domain::Log::commands);
            add(relays_, "relay-e" + number, domain::Log::events);
            add(workers_, "worker-" + number);
        }
        add(operators_, "operator");
        infra::memory::MemoryGenerations(world_.store).fix(setup_.partitions);
        backup_ = tables();
        for (const auto* user : users) {
            senders_.emplace_back(world_, user);
            listeners_.emplace_back(world_, Stream{.user = user});
        }
        for (int i = 0; i < 3; ++i) listeners_.emplace_back(world_, follower());
        world_.happen = [this] { happen(); };
    }

    Outcome run() {
        while (happened_ < plan_.steps) happen();
        come_to_rest();
        world_.history.commands = commands();
        world_.history.events = events();
        const auto lost = [&](Fault fault) {
            return world_.faults.counts()[static_cast<std::size_t>(fault)] > 0;
        };
        world_.history.broker_lost_records =
            lost(Fault::broker_wiped) || lost(Fault::tail_lost) || lost(Fault::store_restored) ||
            lost(Fault::remade_topic) || lost(Fault::deleted_records) || lost(Fault::older_build);
        world_.history.incarnation = tables().incarnation;
        world_.history.dead_letters = dead_letters();
        world_.history.commands_of_user = {setup_.rate.per_s, setup_.rate.burst};
        world_.history.bytes_of_user = {setup_.bytes.per_s, setup_.bytes.burst};
        if (!world_.history.broker_lost_records) world_.history.records = records();
        auto broken = broken_promises(world_.history);
        verify();
        broken.insert(broken.end(), verified_.begin(), verified_.end());
        const auto again = decided_again(world_.store, setup_.aggregates, world_.clock);
        broken.insert(broken.end(), again.begin(), again.end());
        exporter_.end();
        broken.insert(broken.end(), exporter_.broken().begin(), exporter_.broken().end());
        return {
            .broken = std::move(broken),
            .faults = world_.faults.counts(),
            .faults_drawn = world_.faults.number(),
            .commands = world_.history.commands.size(),
            .events = world_.history.events.size(),
            .shown = world_.history.shown.size(),
            .trace = std::move(world_.lines)};
    }

  private:
    template <class Role, class... More>
    void add(std::vector<std::unique_ptr<Role>>& roles, std::string name, More... more) {
        roles.push_back(std::make_unique<Role>(world_, std::move(name), setup_, more...));
        processes_.push_back(roles.back().get());
    }

    /// While all runs, and when it has come to rest.
    void verify() {
        if (verified_.empty()) verified_ = verified(world_.store, setup_.aggregates);
    }

    void happen() {
        exporter_.look(plan_.steps - happened_ - 1);
        if (++happened_ % 500 == 0) verify();
        Random& random = world_.random;
        world_.clock.advance(random.percent(3) ? random.time(10, 200) : random.time(0, 3));
        for (const auto& worker : workers_) worker->watch();
        retrier_.look(brings_new());
        strike();
        const int dice = random.below(100);
        if (dice < 50) {
            random.one_of(processes_)->step();
        } else if (dice < 54) {
            auto& gateway = *random.one_of(command_gateways_);
            random.percent(50) ? gateway.expire() : gateway.look();
            random.one_of(workers_)->save_snapshots();
        } else if (dice < 75) {
            send(random.one_of(senders_));
        } else {
            random.one_of(listeners_).step(sse_gateways_);
        }
    }

    void send(Sender& sender) {
        sender.step(command_gateways_, brings_new());
        const auto place = sender.take_place();
        if (place && listeners_.size() < listeners_max && world_.random.percent(10))
            listeners_.emplace_back(world_, Stream{.user = sender.user(), .from = place});
    }

    /// The last fifth brings no new commands, so that what is lost then has nothing behind it.
    bool brings_new() const { return happened_ < plan_.steps / 5 * 4; }

    /// Of an aggregate that is there, or will be: from its beginning on, or as it is found.
    Stream follower() {
        Random& random = world_.random;
        Stream stream{
            .user = random.one_of(users),
            .category = random.one_of(setup_.categories),
            .entity = fmt::format("e{}", random.below(4))};
        if (random.percent(30)) stream.from = Place{1, 0};
        return stream;
    }

    /// What goes wrong by itself, not in the call of a port.
    void strike() {
        Random& random = world_.random;
        Process& process = *random.one_of(processes_);
        const auto strikes = [&](Fault fault, std::string_view who) {
            return world_.strikes(fault, who);
        };
        if (strikes(Fault::crash, process.name())) process.crash();
        if (strikes(Fault::restart, process.name())) process.restart();
        if (strikes(Fault::freeze, process.name())) process.freeze(random.time(10, 3'000));
        if (strikes(Fault::expired_member, "kafka")) random.one_of(workers_)->expire();
        if (strikes(Fault::store_away, "store"))
            world_.store_away_until = world_.now() + random.time(10, 1'500);
        if (strikes(Fault::broker_away, "kafka")) {
            world_.broker.set_away(true);
            broker_back_at_ = world_.now() + random.time(10, 1'500);
        }
        if (world_.now() >= broker_back_at_) world_.broker.set_away(false);
        if (strikes(Fault::broker_wiped, "kafka")) world_.broker.wipe();
        if (strikes(Fault::tail_lost, "kafka"))
            world_.broker.lose_tail(any_partition(), random.size(1, 5));
        if (strikes(Fault::foreign_records, "kafka")) adversary_.litter();
        if (strikes(Fault::forged_records, "kafka")) adversary_.forge();
        if (strikes(Fault::altered_records, "kafka")) adversary_.alter();
        if (strikes(Fault::replayed_records, "kafka")) adversary_.replay();
        if (strikes(Fault::remade_topic, "kafka")) adversary_.remake_topic();
        if (strikes(Fault::rotated_keys, "store")) rotate_keys();
        if (strikes(Fault::repartition, "operator")) operators_[0]->wants(random.between(1, 5));
        if (!world_.late.empty() && random.percent(5)) {
            const LateRecords records = random.one_of(world_.late);
            world_.late.clear();
            arrive(records);
        }
        if (random.below(500) == 0) backup_ = tables();
        if (strikes(Fault::store_restored, "store")) restore();
    }

    /// Nothing that runs may have seen what is lost, so everything is started anew.
    void restore() {
        for (Process* any : processes_) any->crash();
        retrier_.crash();
        // As the operator is told to.
        const bool brings_back_a_stolen_key = std::ranges::any_of(
            backup_.record_keys, [&](const auto& made) { return adversary_.has(made.key); }
        );
        // Snapshots of what is lost may be saved late, by one that nobody has stopped.
        infra::memory::Tables backup = backup_;
        backup.snapshots = tables().snapshots;
        world_.store.restore(std::move(backup));
        if (brings_back_a_stolen_key) rotate_keys();
        world_.history.replies_before_restore = world_.history.replies.size();
        world_.history.statuses_before_restore = world_.history.statuses.size();
    }

    void rotate_keys() {
        infra::memory::MemoryRecordKeys keys(world_.store, world_.clock);
        adversary_.get(keys.valid());
        keys.renew(0s, 1);
    }

    domain::TopicPartition any_partition() {
        const auto& category = world_.random.one_of(setup_.categories);
        const std::array topics{
            setup_.topics.commands(category),
            setup_.topics.events(category),
            setup_.topics.replies()};
        return {world_.random.one_of(topics), world_.random.below(world_.partitions())};
    }

    /// Reach the broker, if it has their topic.
    void arrive(const LateRecords& records) {
        world_.trace("kafka", "gets {} records", records.size());
        try {
            world_.broker.store(records);
        } catch (const domain::WorldError&) {
            world_.trace("kafka", "has no such topic");
        }
    }

    void come_to_rest() {
        world_.trace("world", "no more faults");
        world_.faults.end();
        world_.store_away_until = {};
        world_.broker.set_away(false);
        world_.late.clear();
        for (const auto& relay : relays_) {
            if (relay->older()) relay->crash();
        }
        for (Process* process : processes_) process->heal();
        retrier_.heal();
        const auto until = world_.now() + rest_max;
        while (!at_rest() && world_.now() < until) {
            for (int i = 0; i < 100; ++i) happen();
        }
    }

    bool at_rest() {
        if (!std::ranges::all_of(senders_, &Sender::done) || !retrier_.idle()) return false;
        const infra::memory::Tables store = tables();
        std::map<std::string, std::int64_t> last;
        std::map<domain::StreamId, std::int64_t> versions;
        std::size_t answered = 0;
        for (const auto& event : store.events) {
            last[domain::user_key(event.issuer)] = event.position.value;
            for (const std::string& user : event.hears) last[user] = event.position.value;
            versions[event.stream] = event.version.value;
            answered += event.last;
        }
        const auto relayed = [&](domain::Log log, std::size_t rows) {
            const auto lease = store.leases.find(log);
            return lease != store.leases.end() &&
                   lease->second.checkpoint.position.value == static_cast<std::int64_t>(rows);
        };
        return answered == store.commands.size() &&
               relayed(domain::Log::commands, store.commands.size()) &&
               relayed(domain::Log::events, store.events.size()) &&
               std::ranges::all_of(listeners_, [&](const Listener& listener) {
                   const Stream& what = listener.what();
                   if (!what.follows())
                       return listener.has_reached({store.incarnation, last[what.user]});
                   const auto there = versions.find({what.category, what.entity});
                   return there == versions.end() ||
                          listener.has_reached({store.incarnation, there->second});
               });
    }

    /// The store itself, past all code that is under test.
    infra::memory::Tables tables() {
        return world_.store.read([](const infra::memory::Tables& tables) { return tables; });
    }

    std::vector<CommandRow> commands() {
        std::vector<CommandRow> rows;
        for (const auto& accepted : tables().commands) {
            const auto& [position, command] = accepted.stored;
            CommandRow row{.position = position.value, .id = command.id, .request = {}};
            row.causation = command.causation_id;
            if (accepted.cursor.incarnation == tables().incarnation)
                row.events_before = accepted.cursor.position.value;
            row.request = {
                .user = domain::user_key(command.issuer),
                .key = "",
                .category = command.stream.category,
                .entity = command.stream.entity,
                .name = command.name,
                .body = command.data,
                .expected = std::nullopt};
            if (command.expected_version)
                row.request.expected = versions_of(command.expected_version->value);
            rows.push_back(std::move(row));
        }
        return rows;
    }

    std::vector<DeadLetterRow> dead_letters() {
        std::vector<DeadLetterRow> rows;
        infra::memory::MemoryDeadLetters letters(world_.store);
        for (const auto& letter : letters.read({}, tables().commands.size()))
            rows.push_back(
                {.command_id = letter.command.command.id,
                 .reason = letter.failure.reason,
                 .retried_as = letter.retried_as}
            );
        return rows;
    }

    std::vector<EventRow> events() {
        std::vector<EventRow> rows;
        for (const auto& event : tables().events) {
            rows.push_back(
                {.position = event.position.value,
                 .id = domain::event_id(event),
                 .user = domain::user_key(event.issuer),
                 .category = event.stream.category,
                 .entity = event.stream.entity,
                 .version = event.version.value,
                 .type = event.type,
                 .data = event.data,
                 .command_id = event.command_id,
                 .command_position = event.command_position.value,
                 .last = event.last,
                 .hears = event.hears}
            );
        }
        return rows;
    }

    std::vector<RecordRow> records() {
        std::vector<std::string> topics{setup_.topics.replies(), setup_.topics.dead_letters()};
        for (const auto& category : setup_.categories) {
            topics.push_back(setup_.topics.commands(category));
            topics.push_back(setup_.topics.events(category));
        }
        std::vector<RecordRow> rows;
        for (const auto& [partition, end] : world_.broker.ends(topics)) {
            const auto all = static_cast<std::size_t>(end);
            for (const auto& consumed : world_.broker.fetch(partition, 0, all).records) {
                const auto link = domain::link_of(consumed.record);
                const auto prefix = setup_.topics.prefix.size() + 1;
                if (link && !adversary_.made(consumed.record))
                    rows.push_back({partition.topic.substr(prefix), link->position.value});
            }
        }
        return rows;
    }

    const Plan& plan_;
    World world_;
    const Setup setup_;
    Adversary adversary_{world_, setup_};
    Retrier retrier_{world_, ~plan_.seed};
    Exporter exporter_{world_, plan_.seed ^ 0x65787074, setup_.aggregates};
    std::vector<std::unique_ptr<CommandGateway>> command_gateways_;
    std::vector<std::unique_ptr<SseGateway>> sse_gateways_;
    std::vector<std::unique_ptr<RelayProcess>> relays_;
    std::vector<std::unique_ptr<WorkerProcess>> workers_;
    std::vector<std::unique_ptr<Operator>> operators_;
    std::vector<Process*> processes_;
    std::deque<Sender> senders_;
    std::deque<Listener> listeners_;
    infra::memory::Tables backup_;
    std::vector<Broken> verified_;
    std::chrono::milliseconds broker_back_at_{0};
    int happened_ = 0;
};

}  // namespace

Outcome simulate(const Plan& plan, bool traced) { return Simulation(plan, traced).run(); }

}  // namespace simulation
