#pragma once

#include "bench/load/http_text.hpp"
#include "bench/load/ledger.hpp"
#include "bench/load/reactor.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace bench {

struct LoadSettings {
    Endpoint endpoint;
    Endpoint events;  ///< where the event streams are
    std::string key;  ///< the secret that tokens are signed with
    bool follow_events =
        true;  ///< each user has an event stream; else a 202 is all that is awaited
    std::uint32_t users = 1'000;
    bool one_user = false;    ///< all of them are the same one, on many connections
    bool relentless = false;  ///< a refusal is no reason to pause
    std::uint32_t accounts = 10'000;
    std::size_t depth = 1;  ///< closed loop: commands that a user has under way
    double rate = 0;        ///< open loop: commands a second in all; 0: closed loop
    bool poisson = false;   ///< open loop: random instead of equal gaps
    std::chrono::seconds warm_up{2};
    std::chrono::seconds measured{10};
    std::chrono::seconds patience{60};  ///< for opening the accounts, and for the last answers
};

struct LoadResult {
    Ledger::Counts counts;
    std::map<std::string, std::int64_t> outcomes;  ///< how many, by type of their last event
    std::map<int, std::int64_t> refused;           ///< answers other than 202, by status
    std::int64_t refused_for_ever = 0;             ///< of these, without Retry-After
    std::int64_t without_answer = 0;               ///< requests that got no HTTP answer in time
    std::int64_t unsent = 0;  ///< were due, but their user's connection was not free
    std::int64_t late = 0;    ///< sent over 1 ms after they were due
    std::chrono::nanoseconds latest{0};
    std::chrono::system_clock::time_point ended;  ///< the load, not the last answers
    double accepted_per_second = 0;
    double answered_per_second = 0;
    double generator_share = 0;  ///< of one core, that the load generator itself took
    Histogram to_202;
    Histogram to_answer;

    /// Every 202 had its outcome on its user's stream, once.
    bool kept(bool follow_events) const;
};

/// Users who open accounts and then deposit into them. One thread; no retry hides an error: what is
/// refused is counted, what breaks is thrown.
class Load {
  public:
    explicit Load(const LoadSettings& settings);
    ~Load();

    /// Opens the accounts, warms up, measures, and waits for the last answers.
    LoadResult run();

  private:
    enum class Phase { opening, running, ending };
    class CommandConnection;
    struct User;

    void drop_due();
    void advance(User& user, Time now);
    void send(User& user, Time due, Time now);
    void on_response(User& user, const HttpResponse& response, Time now);
    void on_frame(User& user, std::string_view frame);
    void schedule(Time now);
    void resume_paused(Time now);
    void turn(Time until);
    void wait_for(const std::function<bool()>& reached, const char* what);
    void run_until(Time end);
    bool idle() const;
    LoadResult result(double processor_share) const;

    LoadSettings settings_;
    Reactor reactor_;
    Ledger ledger_;
    Window window_;
    std::string run_id_;
    std::vector<std::unique_ptr<User>> users_;
    std::deque<std::pair<Time, User*>> paused_;
    std::mt19937_64 random_;
    Phase phase_ = Phase::opening;
    Time next_due_ = Time::max();
    std::size_t next_user_ = 0;
    std::size_t streams_ready_ = 0;
    std::size_t accounts_opened_ = 0;
    std::int64_t requests_under_way_ = 0;
    std::int64_t unanswered_ = 0;
    std::int64_t late_ = 0;
    std::chrono::nanoseconds latest_{0};
    std::map<std::string, std::int64_t, std::less<>> outcomes_;
    std::map<int, std::int64_t> refused_;
    std::int64_t refused_for_ever_ = 0;
    std::int64_t dropped_ = 0;
    std::chrono::system_clock::time_point ended_;
};

}  // namespace bench
