#pragma once

#include "tests/simulation/sse_gateway.hpp"

#include <deque>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

/// Those who use the system: all that they know is what they send and get.
namespace simulation {

/// An EventSource: keeps the last id that it was given, and comes back with it.
class Listener {
  public:
    Listener(World& world, Stream what);

    void step(std::span<const std::unique_ptr<SseGateway>> gateways);

    bool has_reached(Place place) const {
        return begun_ && last_.incarnation == place.incarnation && last_.position >= place.position;
    }
    const Stream& what() const { return what_; }

  private:
    void connect(std::span<const std::unique_ptr<SseGateway>> gateways);
    void disconnect(std::chrono::milliseconds pause);
    void read(std::size_t bytes);
    void line(const std::string& line);
    Place place() const;
    void dispatch();

    World& world_;
    const std::size_t stream_;
    const Stream what_;
    bool begun_ = false;
    std::string last_id_;
    Place last_;

    SseGateway* gateway_ = nullptr;
    bool connecting_ = false;  ///< while the gateway stands still
    ConnectionPtr connection_;
    std::chrono::milliseconds connect_at_{0};
    // The event that is being read (WHATWG HTML, 9.2.6 "Interpreting an event stream"):
    std::string line_;
    std::string id_;
    bool id_given_ = false;  ///< by this event
    std::string type_;
    std::string data_;
};

/// A user interface: sends commands, each again under its key until it has an answer.
class Sender {
  public:
    Sender(World& world, std::string user) : world_(world), user_(std::move(user)) {}

    /// One thing. `more`: new commands are sent, too.
    void step(std::span<const std::unique_ptr<CommandGateway>> gateways, bool more);

    /// Every command has its answer.
    bool done() const;

    /// Where a new stream of this user may begin, by one of its 202s; at most once.
    std::optional<Place> take_place() { return std::exchange(place_, std::nullopt); }
    const std::string& user() const { return user_; }

  private:
    struct Sent {
        std::size_t request;
        std::string command_id{};  ///< of a 202
        bool answered = false;
        std::chrono::milliseconds again_at{0};
    };

    Request command();
    std::set<std::int64_t> versions();
    std::size_t begin(Request request);
    void send(std::size_t sent, std::span<const std::unique_ptr<CommandGateway>> gateways);
    void got(std::size_t sent, Reply reply);
    void ask(std::size_t sent, CommandGateway& gateway);

    World& world_;
    const std::string user_;
    std::vector<Sent> sent_;
    std::optional<Place> place_;
};

}  // namespace simulation
