#include "tests/simulation/clients.hpp"

#include "domain/kernel/cursor.hpp"
#include "domain/kernel/number.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <utility>

namespace simulation {

Listener::Listener(World& world, Stream what)
    : world_(world), stream_(world.history.streams.size()), what_(std::move(what)) {
    world_.history.streams.push_back(what_);
    if (!what_.from) return;
    begun_ = true;
    last_ = *what_.from;
    id_ = last_id_ = what_.follows()
                         ? std::to_string(last_.position)
                         : domain::to_string(domain::Cursor{last_.incarnation, {last_.position}});
}

void Listener::step(std::span<const std::unique_ptr<SseGateway>> gateways) {
    if (!connection_) return connect(gateways);
    const ConnectionPtr connection = connection_;
    gateway_->serve(connection);
    if (connection != connection_) return;  // while the gateway stood still, we went
    if (world_.strikes(Fault::vanished_client, what_.user)) {
        read(world_.random.size(0, connection_->bytes.size()));
        return disconnect(world_.random.time(0, 2'000));
    }
    if (world_.strikes(Fault::slow_client, what_.user)) return;
    const bool closed = !connection_->subscription;
    read(world_.random.percent(30) ? world_.random.size(1, 300) : connection_->bytes.size());
    if (closed) disconnect(world_.random.time(1, 100));
}

void Listener::connect(std::span<const std::unique_ptr<SseGateway>> gateways) {
    if (connecting_ || world_.now() < connect_at_) return;
    connecting_ = true;
    gateway_ = world_.random.one_of(gateways).get();
    connection_ = gateway_->connect(what_, last_id_);
    connecting_ = false;
    if (!connection_) return disconnect(world_.random.time(1, 100));
    world_.trace(
        what_.user, "stream {} connects to {} with {}", stream_, gateway_->name(), last_id_
    );
}

void Listener::disconnect(std::chrono::milliseconds pause) {
    if (connection_) connection_->subscription.reset();
    connection_.reset();
    connect_at_ = world_.now() + pause;
    line_ = data_ = type_ = "";
    id_ = last_id_;
    id_given_ = false;
}

void Listener::read(std::size_t bytes) {
    const std::string got = connection_->bytes.substr(0, bytes);
    connection_->bytes.erase(0, bytes);
    for (const char c : got) {
        if (c == '\n') {
            line(std::exchange(line_, {}));
        } else {
            line_ += c;
        }
    }
}

void Listener::line(const std::string& line) {
    if (line.empty()) dispatch();
    if (line.starts_with("id: ")) {
        id_ = line.substr(4);
        id_given_ = true;
    }
    if (line.starts_with("event: ")) type_ = line.substr(7);
    if (line.starts_with("data: ")) data_ += line.substr(6);
}

/// Of the last id; of none of ours, none.
Place Listener::place() const {
    if (const auto cursor = domain::parse_cursor(last_id_))
        return {cursor->incarnation, cursor->position.value};
    const auto version = domain::parse_number<std::int64_t>(last_id_);
    return version && what_.follows() ? Place{1, *version} : Place{};
}

void Listener::dispatch() {
    const bool notification = !std::exchange(id_given_, false);
    last_id_ = id_;
    const std::string type = std::exchange(type_, {});
    const std::string data = std::exchange(data_, {});
    if (data.empty()) return;
    const auto json = nlohmann::ordered_json::parse(data);  // what is in it is as it came
    if (notification) {
        const std::string of = what_.follows() ? "what a follower got, " : "";
        world_.history.notes.push_back(of + json.value("type", std::string()));
        return;
    }
    last_ = place();
    begun_ = true;
    Shown shown{.stream = stream_, .place = last_};
    if (type == "snapshot") {
        shown.kind = Shown::Kind::snapshot;
        shown.event_id = json.value("last", std::string());
    } else if (type.empty() || what_.follows()) {
        const auto text = [&](const char* name) { return json.value(name, std::string()); };
        const std::string event_type = text("type");
        shown.event_id = text("id");
        shown.type = event_type.substr(event_type.rfind('.') + 1);
        shown.command_id = text("commandid");
        shown.entity = text("subject");
        shown.version = json.value("streamversion", 0);
        shown.last = json.value("last", false);
        shown.data = json.value("data", nlohmann::ordered_json()).dump();
        shown.cloud_event = data;
    } else {
        shown.kind = type == "ready" ? Shown::Kind::ready : Shown::Kind::reset;
    }
    world_.trace(what_.user, "stream {} shows {} {} {}", stream_, last_id_, type, shown.event_id);
    world_.history.shown.push_back(std::move(shown));
}

void Sender::step(std::span<const std::unique_ptr<CommandGateway>> gateways, bool more) {
    constexpr std::ptrdiff_t open_max = 4;
    const auto open = std::ranges::count_if(sent_, [](const Sent& sent) { return !sent.answered; });
    if (more && open < open_max && world_.random.percent(40))
        return send(begin(command()), gateways);
    if (sent_.empty()) return;
    const auto any = static_cast<std::size_t>(world_.random.below(static_cast<int>(sent_.size())));
    if (sent_[any].answered) {
        if (world_.random.percent(20)) ask(any, *world_.random.one_of(gateways));
        if (world_.strikes(Fault::late_retry, user_)) send(any, gateways);
        if (world_.strikes(Fault::reused_key, user_)) {
            Request other = command();
            other.key = world_.history.requests[sent_[any].request].key;
            const std::size_t reused = begin(std::move(other));
            sent_[reused].answered = true;  // whatever it says, it is not sent again
            send(reused, gateways);
        }
    }
    for (std::size_t i = 0; i < sent_.size(); ++i) {
        if (!sent_[i].answered && sent_[i].again_at <= world_.now()) return send(i, gateways);
    }
}

bool Sender::done() const {
    return std::ranges::all_of(sent_, [](const Sent& sent) { return sent.answered; });
}

Request Sender::command() {
    static constexpr std::array toys{"announce", "add", "add-two", "nothing", "refuse", "throw"};
    static constexpr std::array deadly{"abort", "loop", "throw-int"};
    static constexpr std::array changes{"join", "join", "change-email", "leave"};
    static constexpr std::array moves{"open", "open", "deposit", "deposit", "withdraw", "close"};
    Random& random = world_.random;
    Request request{.user = user_, .key = fmt::format("k{}", world_.history.requests.size())};
    request.entity = fmt::format("e{}", random.below(4));
    if (random.percent(30)) {
        request.category = "toy";
        request.name = random.one_of(toys);
        request.body = "{}";
    } else if (random.percent(30)) {
        request.category = "member";
        request.name = random.one_of(changes);
        request.body = "{}";
        if (request.name != "leave")
            request.body = fmt::format(R"({{"email":"m{}@club.example"}})", random.below(3));
    } else {
        request.category = "account";
        request.name = random.one_of(moves);
        if (request.name == "open") {
            request.body = fmt::format(R"({{"owner":"{}"}})", user_);
        } else if (request.name == "close") {
            request.body = "{}";
        } else {
            request.body = fmt::format(R"({{"cents":{}}})", random.below(30));
        }
    }
    if (world_.strikes(Fault::deadly_command, user_)) {
        request.category = "toy";
        request.name = random.one_of(deadly);
        request.body = "{}";
    } else if (world_.strikes(Fault::unknown_category, user_)) {
        request.category = "gone";
        request.name = "add";
        request.body = "{}";
    }
    if (random.percent(15)) request.expected = versions();
    return request;
}

/// One, several that lie close together, or the empty set: see Request::expected.
std::set<std::int64_t> Sender::versions() {
    Random& random = world_.random;
    if (random.percent(15)) return {};
    std::set<std::int64_t> versions{random.below(6)};
    for (int more = random.below(4); more > 0; --more)
        versions.insert(*versions.begin() + random.below(6));
    return versions;
}

std::size_t Sender::begin(Request request) {
    world_.history.requests.push_back(std::move(request));
    sent_.push_back({.request = world_.history.requests.size() - 1});
    return sent_.size() - 1;
}

void Sender::send(std::size_t sent, std::span<const std::unique_ptr<CommandGateway>> gateways) {
    const Request& request = world_.history.requests[sent_[sent].request];
    sent_[sent].again_at = world_.now() + world_.random.time(20, 600);
    const auto post = [&](CommandGateway& gateway) {
        world_.trace(
            user_,
            "sends {} ({} {} {}) to {}",
            request.key,
            request.name,
            request.entity,
            request.body,
            gateway.name()
        );
        gateway.post(request, [this, sent](Reply reply) { got(sent, std::move(reply)); });
    };
    const auto first =
        static_cast<std::size_t>(world_.random.below(static_cast<int>(gateways.size())));
    post(*gateways[first]);
    if (world_.strikes(Fault::concurrent_retry, user_))
        post(*gateways[(first + 1) % gateways.size()]);
}

void Sender::ask(std::size_t sent, CommandGateway& gateway) {
    const std::string id = sent_[sent].command_id;
    if (id.empty()) return;
    const std::size_t known = world_.history.statuses.size();
    if (const auto status = gateway.status(user_, id))
        world_.history.statuses.push_back({id, *status, known});
}

void Sender::got(std::size_t index, Reply reply) {
    if (world_.strikes(Fault::lost_reply, user_)) return;
    Sent& sent = sent_[index];
    reply.request = sent.request;
    const Request& request = world_.history.requests[sent.request];
    world_.trace(user_, "gets {} for {}", reply.status, request.key);
    if (reply.status == 202 || reply.status == 422) sent.answered = true;
    if (reply.status == 202) {
        place_ = reply.cursor;
        sent.command_id = reply.command_id;
    }
    world_.history.replies.push_back(std::move(reply));
}

}  // namespace simulation
