#pragma once

#include "bench/load/histogram.hpp"
#include "bench/load/reactor.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace bench {

/// One event for many connections. What is published is {"cents": N}, N counting up, and a frame in
/// which "cents":N stands is that one: so a peer that hands on what it is given is measured alike.
struct FollowersSettings {
    Endpoint endpoint;
    std::string follow;   ///< the path of the event stream that all of them have
    std::string publish;  ///< the path to POST to
    std::string token;    ///< of a user who may both; empty: none is shown
    std::uint32_t connections = 1'000;
    std::chrono::milliseconds every{200};
    std::chrono::seconds warm_up{3};
    std::chrono::seconds measured{30};
    std::chrono::seconds patience{60};  ///< for the connections, and for the last frames
};

struct FollowersResult {
    std::int64_t published = 0;  ///< while it was measured
    std::int64_t missing = 0;    ///< frames, of all connections
    std::int64_t doubled = 0;    ///< or out of order
    double generator_share = 0;  ///< of one core, that the load generator itself took
    Histogram to_answer;         ///< of a POST
    Histogram to_frame;          ///< from when its POST was due, of each event at each connection

    bool kept() const { return published > 0 && missing == 0 && doubled == 0; }
};

/// Throws where a connection breaks or is refused. One thread, whose reading of all these frames is
/// part of the time: about a millisecond for a hundred of them.
FollowersResult measure_followers(const FollowersSettings& settings);

}  // namespace bench
