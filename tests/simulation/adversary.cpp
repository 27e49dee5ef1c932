#include "tests/simulation/adversary.hpp"

#include <algorithm>
#include <array>

namespace simulation {
namespace {

using infra::crypto::signature_header;

/// What a position may be said to be: beside the one that is due, far above, and no position at
/// all.
std::string any_number(Random& random, std::int64_t due) {
    const std::array<std::string, 9> numbers{
        std::to_string(due),
        std::to_string(due),
        std::to_string(due + random.between(1, 5)),
        "1000000000000000",
        "9223372036854775807",
        "-1",
        "99999999999999999999999999",
        "",
        "1e3"};
    return random.one_of(numbers);
}

void set(domain::Record& record, std::string_view name, std::string value) {
    const auto found = std::ranges::find(record.headers, name, &domain::Header::name);
    if (found != record.headers.end()) found->value = std::move(value);
}

}  // namespace

void Adversary::forge() {
    domain::Record record = invent();
    sign(record);
    write(record);
}

domain::Record Adversary::invent() {
    Random& random = world_.random;
    static constexpr std::array users{"ada", "bob", "cyd"};
    static constexpr std::array names{"add", "open", "deposit"};
    const std::string user = random.one_of(users);
    const domain::StreamId stream{
        random.one_of(setup_.categories), "e" + std::to_string(random.below(4))};
    const auto [incarnation, commands, events] = world_.store.read([](const auto& tables) {
        return std::tuple(
            tables.incarnation,
            static_cast<std::int64_t>(tables.commands.size()),
            static_cast<std::int64_t>(tables.events.size())
        );
    });
    domain::Record record;
    std::int64_t due = 0;
    if (random.percent(50)) {
        due = commands + 1;
        domain::CommandEnvelope command;
        command.id = "forged";
        command.stream = stream;
        command.name = random.one_of(names);
        command.data = R"({"cents":7,"owner":"eve"})";
        command.issuer.subject = user;
        record = domain::command_record(command);
        record.target.topic = setup_.topics.commands(stream.category);
        record.key = stream.entity;
    } else {
        due = events + 1;
        domain::EventEnvelope event;
        event.position = {due};
        event.stream = stream;
        event.version = {random.between(1, 20)};
        event.type = "forged";
        event.data = "{}";
        event.command_id = "forged";
        event.last = true;
        event.issuer.subject = user;
        record = domain::event_record(event);
        const bool for_followers = random.percent(50);
        record.target.topic =
            for_followers ? setup_.topics.events(stream.category) : setup_.topics.replies();
        record.key = for_followers ? stream.entity : user;
    }
    record.target.partition = random.percent(90)
                                  ? domain::partition_of(record.key, world_.partitions())
                                  : random.below(world_.partitions());
    domain::add_link(record, {incarnation, {due}, {0}});
    set(record, "ce_position", any_number(random, due));
    if (random.percent(20)) set(record, "ce_predecessor", any_number(random, due));
    return record;
}

/// Not at all, with a key of its own under any name, or with one that was good until it was
/// retired.
void Adversary::sign(domain::Record& record) {
    if (world_.random.percent(30)) return;
    domain::RecordKey key{"unknown", "mine"};
    if (const auto genuine = any_genuine(); genuine && world_.random.percent(30)) {
        const std::string& signature = genuine->headers.back().value;
        key.id = signature.substr(0, signature.find('.'));
    }
    const auto usable = std::ranges::find_if(keys_, [&](const OldKey& old) {
        return world_.now() - old.retired_at > 2 * setup_.verifier.reload_every;
    });
    if (usable != keys_.end() && world_.random.percent(80)) key = usable->key;
    infra::crypto::RecordMac mac(key);
    const infra::crypto::Signature signature{key.id, mac.of(record, record.headers)};
    record.headers.push_back({std::string(signature_header), infra::crypto::to_string(signature)});
}

void Adversary::alter() {
    auto record = any_genuine();
    if (!record) return;
    const domain::Record genuine = *record;
    change(*record);
    if (*record == genuine) return;
    // In its place, perhaps before anybody has read it.
    if (world_.strikes(Fault::deleted_records, "kafka")) world_.broker.lose_tail(genuine.target, 1);
    write(*record);
}

void Adversary::change(domain::Record& record) {
    static constexpr std::array keys{"ada", "idp ada", "idp bob", "bob", "e0", "e1", "e2"};
    Random& random = world_.random;
    switch (random.below(6)) {
        case 0:
            record.target.partition = random.below(world_.partitions());
            break;
        case 1:
            record.target.topic = any_partition().topic;
            break;
        case 2:
            record.key = random.one_of(keys);
            break;
        case 3:
            record.value = random.percent(50) ? R"({"cents":29})" : R"({"owner":"eve"})";
            break;
        case 4:
            // Often what decides most: where it claims to stand, and for whom it speaks.
            if (random.percent(40)) {
                set(record, "ce_position", any_number(random, 1'000));
            } else if (random.percent(30)) {
                set(record, "ce_predecessor", "0");
            } else if (random.percent(50)) {
                set(record, "ce_user", "eve");
            } else {
                random.one_of(record.headers).value = "1";
            }
            break;
        default:
            // As if it had been signed by nobody, or were a notification.
            record.headers.erase(
                record.headers.begin() + random.below(static_cast<int>(record.headers.size()))
            );
    }
}

void Adversary::replay() {
    for (int i = world_.random.between(1, 5); i > 0; --i) {
        if (const auto record = any_genuine()) write(*record);
    }
}

void Adversary::litter() {
    Random& random = world_.random;
    domain::Record record{.target = any_partition(), .key = "ada", .value = "{}", .headers = {}};
    if (random.percent(50))
        record.headers = {{"ce_id", "1"}, {"ce_source", "/elsewhere"}, {"ce_type", "note"}};
    if (random.percent(10)) record.value = std::string(20'000, ' ');
    if (random.percent(10)) record.headers.assign(2'000, {"ce_position", "-7"});
    if (random.percent(10))
        record = {.target = record.target, .key = "", .value = "", .headers = {}};
    write(record);
}

void Adversary::remake_topic() {
    const std::string topic = any_partition().topic;
    const auto partitions = world_.random.between(1, world_.partitions() + 2);
    world_.trace("adversary", "makes {} with {} partitions", topic, partitions);
    world_.broker.remake_topic(topic, partitions);
}

void Adversary::get(const std::vector<domain::RecordKey>& retired) {
    for (const domain::RecordKey& key : retired) keys_.push_back({key, world_.now()});
}

bool Adversary::has(const domain::RecordKey& key) const {
    return std::ranges::find(keys_, key, &OldKey::key) != keys_.end();
}

bool Adversary::made(const domain::Record& record) const {
    return std::ranges::find(made_, record) != made_.end();
}

/// Of those that are there now, or were once.
std::optional<domain::Record> Adversary::any_genuine() {
    constexpr std::size_t hoard_max = 60;
    const domain::TopicPartition partition = any_partition();
    for (const auto& [of, end] : world_.broker.ends({partition.topic})) {
        if (of.partition != partition.partition || end == 0) continue;
        const auto offset =
            world_.random.percent(50) ? end - 1 : world_.random.below(static_cast<int>(end));
        for (auto& [at, record] : world_.broker.fetch(of, offset, 1).records) {
            if (!domain::link_of(record) || made(record)) continue;
            hoard_.push_back(std::move(record));
        }
    }
    while (hoard_.size() > hoard_max) hoard_.pop_front();
    if (hoard_.empty()) return std::nullopt;
    return world_.random.percent(50) ? hoard_.back() : world_.random.one_of(hoard_);
}

domain::TopicPartition Adversary::any_partition() {
    const auto& category = world_.random.one_of(setup_.categories);
    const std::array topics{
        setup_.topics.commands(category),
        setup_.topics.commands(category),
        setup_.topics.events(category),
        setup_.topics.replies(),
        setup_.topics.replies()};
    return {world_.random.one_of(topics), world_.random.below(world_.partitions())};
}

void Adversary::write(const domain::Record& record) {
    world_.trace(
        "adversary",
        "writes {} to {}[{}]",
        domain::find_header(record, "ce_position").value_or("no position"),
        record.target.topic,
        record.target.partition
    );
    if (!made(record) && std::ranges::find(hoard_, record) == hoard_.end()) made_.push_back(record);
    try {
        world_.broker.store({&record, 1});
    } catch (const domain::WorldError&) {
        world_.trace("kafka", "has no such topic");
    }
}

}  // namespace simulation
