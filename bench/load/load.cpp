#include "bench/load/load.hpp"

#include "bench/load/event_stream.hpp"
#include "bench/load/http_text.hpp"
#include "bench/load/machine.hpp"
#include "bench/load/token.hpp"

#include <algorithm>
#include <stdexcept>

namespace bench {
namespace {

constexpr std::chrono::milliseconds pause_after_refusal{100};
constexpr std::chrono::milliseconds late_from{1};
constexpr std::chrono::microseconds overload_tick{500};
constexpr std::chrono::milliseconds quiet_at_end{500};  // in which a second answer would show

Time clock_now() { return std::chrono::steady_clock::now(); }

std::string hex(std::uint64_t value) {
    std::string text;
    for (; value > 0; value >>= 4) text += "0123456789abcdef"[value & 15];
    return text;
}

}  // namespace

bool LoadResult::kept(bool follow_events) const {
    const bool answered = !follow_events || (counts.missing == 0 && counts.answered > 0);
    return answered && counts.accepted > 0 && counts.doubled == 0 && counts.stray == 0 &&
           counts.reissued == 0 && without_answer == 0;
}

/// One keep-alive connection, one request at a time.
class Load::CommandConnection : public Connection {
  public:
    CommandConnection(Load& load, User& user)
        : Connection(load.reactor_, load.settings_.endpoint), load_(load), user_(user) {}

  private:
    void on_bytes(std::string_view bytes) override {
        input_ += bytes;
        if (const auto response = take_response(input_)) {
            load_.on_response(user_, *response, clock_now());
        }
    }

    Load& load_;
    User& user_;
    std::string input_;
};

struct Load::User {
    std::uint32_t number = 0;
    std::string request_end;  ///< what follows the request's path
    std::vector<std::string> accounts;
    std::size_t opened = 0;
    std::size_t next_account = 0;
    std::size_t under_way = 0;  ///< sent, and neither refused nor finished
    bool busy = false;          ///< the connection waits for a response
    bool paused = false;
    Time sent_due{};         ///< when the command that is on the connection was due
    std::deque<Time> due{};  ///< open loop: what the connection was not free for
    std::unique_ptr<CommandConnection> commands;
    std::unique_ptr<EventStream> events;
};

Load::Load(const LoadSettings& settings)
    : settings_(settings), ledger_(1U << 20U), run_id_(hex(std::random_device{}())), random_(1) {
    raise_file_limit();
    for (std::uint32_t number = 0; number < settings_.users; ++number) {
        auto user = std::make_unique<User>();
        user->number = number;
        const std::uint32_t name = settings_.one_user ? 0 : number;
        const std::string token =
            mint_token(settings_.key, "bench-" + run_id_ + "-" + std::to_string(name));
        user->request_end = " HTTP/1.1\r\nHost: " + settings_.endpoint.authority() +
                            "\r\nAuthorization: Bearer " + token +
                            "\r\nContent-Type: application/json\r\nContent-Length: ";
        user->commands = std::make_unique<CommandConnection>(*this, *user);
        if (settings_.follow_events) {
            user->events = std::make_unique<EventStream>(
                reactor_,
                settings_.events,
                "/events",
                token,
                [this, &it = *user](std::string_view frame) { on_frame(it, frame); }
            );
        }
        users_.push_back(std::move(user));
    }
    for (std::uint32_t number = 0; number < settings_.accounts; ++number) {
        users_[number % users_.size()]->accounts.push_back(run_id_ + "-" + std::to_string(number));
    }
}

Load::~Load() = default;

LoadResult Load::run() {
    const auto streams = settings_.follow_events ? users_.size() : 0;
    wait_for([&] { return streams_ready_ == streams; }, "every event stream is ready");
    for (const auto& user : users_) advance(*user, clock_now());
    wait_for(
        [&] { return accounts_opened_ == settings_.accounts && idle(); }, "every account is open"
    );

    phase_ = Phase::running;
    window_.begin = clock_now() + settings_.warm_up;
    window_.end = window_.begin + settings_.measured;
    ledger_.measure(window_);
    if (settings_.rate > 0) next_due_ = clock_now();
    for (const auto& user : users_) advance(*user, clock_now());
    run_until(window_.begin);
    const double processor_before = processor_seconds();
    run_until(window_.end);
    const double processor = processor_seconds() - processor_before;

    phase_ = Phase::ending;
    ended_ = std::chrono::system_clock::now();
    next_due_ = Time::max();
    if (settings_.relentless) drop_due();
    const auto patience_ends = clock_now() + settings_.patience;
    while (!idle() && clock_now() < patience_ends) turn(patience_ends);
    run_until(clock_now() + quiet_at_end);
    return result(processor / std::chrono::duration<double>(settings_.measured).count());
}

/// What came due in vain during an overload is not sent after it.
void Load::drop_due() {
    for (const auto& user : users_) {
        dropped_ += static_cast<std::int64_t>(user->due.size());
        user->due.clear();
    }
}

void Load::advance(User& user, Time now) {
    if (user.busy || user.paused || user.accounts.empty()) return;
    if (phase_ == Phase::opening) {
        if (user.opened < user.accounts.size() && user.under_way < settings_.depth) {
            send(user, now, now);
        }
    } else if (settings_.rate > 0) {
        if (user.due.empty()) return;
        const Time due = user.due.front();
        user.due.pop_front();
        send(user, due, now);
    } else if (phase_ == Phase::running && user.under_way < settings_.depth) {
        send(user, now, now);
    }
}

void Load::send(User& user, Time due, Time now) {
    const bool opens = phase_ == Phase::opening;
    const auto& account = user.accounts[opens ? user.opened : user.next_account];
    if (!opens) user.next_account = (user.next_account + 1) % user.accounts.size();
    const std::string body =
        opens ? R"({"owner":"user )" + std::to_string(user.number) + R"("})" : R"({"cents":100})";
    user.busy = true;
    user.sent_due = due;
    ++user.under_way;
    ++requests_under_way_;
    ++unanswered_;
    if (!opens && window_.holds(due)) {
        if (now - due > late_from) ++late_;
        latest_ = std::max(latest_, std::chrono::nanoseconds(now - due));
    }
    user.commands->send(
        "POST /commands/account/" + account + (opens ? "/open" : "/deposit") + user.request_end +
        std::to_string(body.size()) + "\r\n\r\n" + body
    );
}

void Load::on_response(User& user, const HttpResponse& response, Time now) {
    const int status = response.status;
    const std::string& body = response.body;
    user.busy = false;
    --requests_under_way_;
    if (status == 202) {
        const auto id = parse_command_id(json_string(body, "\"id\":"));
        if (!id) throw std::runtime_error("a 202 without a command id: " + body);
        ledger_.accepted(*id, user.number, user.sent_due, now);
        if (phase_ == Phase::opening) {
            ++user.opened;
            ++accounts_opened_;
        }
        if (!settings_.follow_events) {
            --user.under_way;
            --unanswered_;
        }
    } else {
        ++refused_[status];
        --user.under_way;
        --unanswered_;
        if (status != 503 && status != 429) {
            throw std::runtime_error(
                "a command was refused with " + std::to_string(status) + ": " + body
            );
        }
        if (!response.retry_after) ++refused_for_ever_;
        if (!settings_.relentless || phase_ == Phase::opening) {
            user.paused = true;
            paused_.emplace_back(now + pause_after_refusal, &user);
        }
    }
    advance(user, now);
}

void Load::on_frame(User& user, std::string_view frame) {
    const Time now = clock_now();
    const auto data_begin = frame.find("data: ");
    if (data_begin == std::string_view::npos) return;
    if (frame.substr(0, data_begin).find("event: ready\n") != std::string_view::npos) {
        ++streams_ready_;
    }
    const auto json = frame.substr(data_begin, frame.find('\n', data_begin) - data_begin);
    if (json.find("\"last\":true") == std::string_view::npos) return;
    const auto id = parse_command_id(json_string(json, "\"commandid\":"));
    if (!id) throw std::runtime_error("an event without a command id: " + std::string(json));
    if (!ledger_.answered(*id, user.number, now)) return;
    const auto type = json_string(json, "\"type\":");
    const auto outcome = outcomes_.find(type);
    ++(outcome != outcomes_.end() ? outcome->second : outcomes_[std::string(type)]);
    if (user.under_way > 0) --user.under_way;
    --unanswered_;
    advance(user, now);
}

void Load::schedule(Time now) {
    const std::chrono::duration<double> mean_gap(1 / settings_.rate);
    std::exponential_distribution<double> gaps(settings_.rate);
    while (next_due_ <= now && next_due_ < window_.end) {
        User& user = *users_[next_user_];
        next_user_ = (next_user_ + 1) % users_.size();
        // In an overload, what a busy connection cannot send next is not sent at all.
        if (settings_.relentless && !user.due.empty()) {
            ++dropped_;
        } else {
            user.due.push_back(next_due_);
        }
        const auto gap =
            settings_.poisson ? std::chrono::duration<double>(gaps(random_)) : mean_gap;
        next_due_ += std::chrono::duration_cast<Time::duration>(gap);
        advance(user, now);
    }
}

void Load::resume_paused(Time now) {
    while (!paused_.empty() && paused_.front().first <= now) {
        User& user = *paused_.front().second;
        paused_.pop_front();
        user.paused = false;
        advance(user, now);
    }
}

void Load::turn(Time until) {
    until = std::min(until, next_due_);
    if (!paused_.empty()) until = std::min(until, paused_.front().first);
    // Most of what comes due in an overload is dropped: not worth a wake-up each.
    if (settings_.relentless) until = std::max(until, clock_now() + overload_tick);
    reactor_.wait(until);
    const Time now = clock_now();
    if (settings_.rate > 0) schedule(now);
    resume_paused(now);
}

void Load::run_until(Time end) {
    while (clock_now() < end) turn(end);
}

void Load::wait_for(const std::function<bool()>& reached, const char* what) {
    const auto patience_ends = clock_now() + settings_.patience;
    while (!reached()) {
        if (clock_now() >= patience_ends) {
            throw std::runtime_error(std::string("waited in vain until ") + what);
        }
        turn(patience_ends);
    }
}

bool Load::idle() const {
    if (unanswered_ > 0 || requests_under_way_ > 0) return false;
    return std::all_of(users_.begin(), users_.end(), [](const auto& user) {
        return user->due.empty();
    });
}

LoadResult Load::result(double processor_share) const {
    LoadResult result;
    result.counts = ledger_.counts();
    if (!settings_.follow_events) result.counts.missing = 0;
    result.outcomes = {outcomes_.begin(), outcomes_.end()};
    result.refused = refused_;
    result.refused_for_ever = refused_for_ever_;
    result.unsent = dropped_;
    result.ended = ended_;
    result.without_answer = requests_under_way_;
    for (const auto& user : users_) result.unsent += static_cast<std::int64_t>(user->due.size());
    result.late = late_;
    result.latest = latest_;
    const double seconds = std::chrono::duration<double>(settings_.measured).count();
    result.accepted_per_second = static_cast<double>(ledger_.accepted_in_window()) / seconds;
    result.answered_per_second = static_cast<double>(ledger_.answered_in_window()) / seconds;
    result.generator_share = processor_share;
    result.to_202 = ledger_.to_202();
    result.to_answer = ledger_.to_answer();
    return result;
}

}  // namespace bench
