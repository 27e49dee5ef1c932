#include "tests/simulation/shorten.hpp"

#include <algorithm>
#include <string>

namespace simulation {
namespace {

bool breaks(const Plan& plan, const std::string& promise) {
    const auto broken = simulate(plan).broken;
    return std::ranges::any_of(broken, [&](const Broken& b) { return b.promise == promise; });
}

}  // namespace

Plan shorten(const Plan& failing) {
    const std::string promise = simulate(failing).broken.at(0).promise;
    Plan shortest = failing;
    for (int less = shortest.steps / 2; less > 0;) {
        Plan shorter = shortest;
        shorter.steps -= less;
        if (shorter.steps > 0 && breaks(shorter, promise)) {
            shortest = shorter;
        } else {
            less /= 2;
        }
    }
    const auto drawn = [&] { return simulate(shortest).faults_drawn; };
    for (int block = std::max(1, drawn() / 2);; block /= 2) {
        for (int from = 1; from <= drawn(); from += block) {
            Plan calmer = shortest;
            for (int fault = from; fault < from + block; ++fault) calmer.without.insert(fault);
            if (calmer.without.size() > shortest.without.size() && breaks(calmer, promise))
                shortest = calmer;
        }
        if (block == 1) return shortest;
    }
}

}  // namespace simulation
