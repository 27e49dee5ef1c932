#include "tests/simulation/process.hpp"

namespace simulation {
namespace {

constexpr int depth_max = 3;

}  // namespace

void Process::step() {
    if (stepping_ || doomed_ || world_.now() < wake_at_) return;
    stepping_ = true;
    if (!up_) {
        world_.trace(name_, "starts");
        up_ = true;
        run([&] { start(); });
    } else if (!run([&] { work(); })) {
        wake_at_ = std::max(wake_at_, world_.now() + world_.random.time(1, 100));
    }
    stepping_ = false;
}

void Process::crash() {
    if (!up()) return;
    world_.trace(name_, "is killed");
    doomed_ = true;
    left();
}

void Process::restart() {
    if (!up() || inside_ > 0) return;
    world_.trace(name_, "is stopped");
    run([&] { stop(); });
    doomed_ = up_;
    left();
}

void Process::heal() { wake_at_ = world_.now(); }

void Process::left() {
    if (!doomed_ || inside_ > 0) return;
    die();
    up_ = doomed_ = false;
    wake_at_ = world_.now() + world_.random.time(1, 500);
}

void Process::stand_still() {
    if (world_.depth < depth_max && world_.strikes(Fault::interleave, name_)) {
        ++world_.depth;
        for (int i = world_.random.between(1, 25); i > 0; --i) world_.happen();
        if (world_.random.percent(20)) {
            // Long enough for a lease or a place in a group to pass on.
            world_.clock.advance(world_.random.time(100, 1'500));
            for (int i = world_.random.between(1, 40); i > 0; --i) world_.happen();
        }
        --world_.depth;
    }
    if (doomed_) throw Crash{};
}

void Process::may_die() {
    if (world_.strikes(Fault::crash, name_)) doomed_ = true;
    if (doomed_) throw Crash{};
}

}  // namespace simulation
