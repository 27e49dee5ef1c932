#pragma once

#include "domain/kernel/error.hpp"
#include "tests/simulation/world.hpp"

#include <string>
#include <type_traits>

namespace simulation {

/// Thrown through the code of a process that dies.
struct Crash {};

/// A process that may die in every call of a port and between them, and then is started again.
class Process {
  public:
    Process(World& world, std::string name) : world_(world), name_(std::move(name)) {}
    virtual ~Process() = default;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    const std::string& name() const { return name_; }
    bool up() const { return up_ && !doomed_; }

    /// What its main thread does next: a step, or its start when it is time for that.
    void step();

    /// kill -9. Takes effect at once, or as soon as the call that it stands in would return.
    void crash();

    /// SIGTERM, and a start.
    void restart();

    /// SIGSTOP, for so long.
    void freeze(std::chrono::milliseconds time) { wake_at_ = world_.now() + time; }

    /// Starts it, if it is down, whatever it waits for.
    void heal();

    /// Something that one of its threads does, in which it may die. False: it was refused by the
    /// world.
    template <class Act>
    bool run(Act act);

    /// Where a process meets the store: may stand still, die, be refused, or not get its answer.
    template <class Call>
    auto store(Call call, bool writes);

    /// Where it meets the broker.
    template <class Call>
    auto broker(Call call);

    World& world() { return world_; }

  protected:
    virtual void start() = 0;
    virtual void work() = 0;
    virtual void stop() {}
    virtual void die() = 0;

  private:
    void stand_still();
    void may_die();
    void left();

    World& world_;
    const std::string name_;
    bool up_ = false;
    bool doomed_ = false;
    bool stepping_ = false;
    int inside_ = 0;  ///< how many of its threads are at something
    std::chrono::milliseconds wake_at_{0};
};

template <class Act>
bool Process::run(Act act) {
    bool done = false;
    ++inside_;
    try {
        act();
        done = true;
    } catch (const Crash&) {
        doomed_ = true;
    } catch (const domain::WorldError& error) {
        world_.trace(name_, "is refused: {}", error.what());
    }
    --inside_;
    left();
    return done;
}

/// Calls both, and gives what the first one gives, if anything.
template <class Call, class After>
auto call_and_then(Call call, After after) {
    if constexpr (std::is_void_v<decltype(call())>) {
        call();
        after();
    } else {
        auto answer = call();
        after();
        return answer;
    }
}

template <class Call>
auto Process::store(Call call, bool writes) {
    stand_still();
    may_die();
    if (world_.now() < world_.store_away_until || world_.strikes(Fault::store_refuses, name_))
        throw domain::WorldError("the store is away");
    return call_and_then(call, [&] {
        if (writes && world_.strikes(Fault::lost_commit, name_))
            throw domain::WorldError("the store's answer is lost");
        may_die();
        stand_still();
    });
}

template <class Call>
auto Process::broker(Call call) {
    stand_still();
    may_die();
    return call_and_then(call, [&] { stand_still(); });
}

}  // namespace simulation
