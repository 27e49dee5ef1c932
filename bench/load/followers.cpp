#include "bench/load/followers.hpp"

#include "bench/load/event_stream.hpp"
#include "bench/load/http_text.hpp"
#include "bench/load/machine.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

/// N of a frame with "cents":N; 0 for any other.
std::size_t number_of(std::string_view frame) {
    constexpr std::string_view name = "\"cents\":";
    const auto found = frame.find(name);
    std::size_t number = 0;
    if (found != frame.npos)
        std::from_chars(frame.data() + found + name.size(), frame.data() + frame.size(), number);
    return number;
}

/// One keep-alive connection, one request at a time.
class Publisher : public Connection {
  public:
    using Answered = std::function<void(const HttpResponse&)>;
    Publisher(Reactor& reactor, const FollowersSettings& settings, Answered answered)
        : Connection(reactor, settings.endpoint),
          head_(
              "POST " + settings.publish + " HTTP/1.1\r\nHost: " + settings.endpoint.authority() +
              "\r\nContent-Type: application/json\r\n" +
              (settings.token.empty() ? "" : "Authorization: Bearer " + settings.token + "\r\n") +
              "Content-Length: "
          ),
          answered_(std::move(answered)) {}

    void publish(std::size_t number) {
        const std::string body = "{\"cents\":" + std::to_string(number) + '}';
        send(head_ + std::to_string(body.size()) + "\r\n\r\n" + body);
    }

  private:
    void on_bytes(std::string_view bytes) override {
        input_ += bytes;
        if (const auto response = take_response(input_)) answered_(*response);
    }

    const std::string head_;
    const Answered answered_;
    std::string input_;
};

class Followers {
  public:
    explicit Followers(const FollowersSettings& settings) : settings_(settings) {
        for (std::uint32_t i = 0; i < settings.connections; ++i) {
            streams_.push_back(std::make_unique<EventStream>(
                reactor_,
                settings.endpoint,
                settings.follow,
                settings.token,
                [this, i](std::string_view frame) { on_frame(i, number_of(frame)); }
            ));
            if (i % 100 == 99) turn(Clock::now());  // so that no queue of the server runs over
        }
        last_.resize(settings.connections);
    }

    FollowersResult run() {
        wait_for([&] { return begun() == streams_.size(); }, "every stream has begun");
        // Not before: a server closes a connection on which nothing is asked for a while.
        publisher_ = std::make_unique<Publisher>(reactor_, settings_, [this](const auto& response) {
            on_answer(response);
        });
        publish_for(settings_.warm_up);
        wait_for([&] { return all_is_done(); }, "every stream has an event");
        measured_from_ = due_.size() + 1;
        const double processor_before = processor_seconds();
        const auto begin = Clock::now();
        publish_for(settings_.measured);
        const std::chrono::duration<double> took = Clock::now() - begin;
        result_.generator_share = (processor_seconds() - processor_before) / took.count();
        const auto end = Clock::now() + settings_.patience;
        while (!all_is_done() && Clock::now() < end) turn(end);
        for (const std::size_t last : last_)
            result_.missing += static_cast<std::int64_t>(due_.size() - last);
        return result_;
    }

  private:
    /// At a fixed pace, whatever comes back: one that could not be sent in time has been due.
    void publish_for(std::chrono::milliseconds time) {
        const auto end = Clock::now() + time;
        for (auto next = Clock::now(); next < end; next += settings_.every) {
            while (Clock::now() < next) turn(next);
            due_.push_back(next);
            advance();
        }
    }

    void advance() {
        if (sent_ > answered_ || sent_ == due_.size()) return;
        publisher_->publish(++sent_);
    }

    void on_answer(const HttpResponse& response) {
        if (response.status < 200 || response.status > 299)
            throw std::runtime_error(
                "publishing was answered by " + std::to_string(response.status)
            );
        ++answered_;
        if (is_measured(answered_)) {
            ++result_.published;
            result_.to_answer.add(Clock::now() - due_.at(answered_ - 1));
        }
        advance();
    }

    void on_frame(std::size_t stream, std::size_t number) {
        if (number == 0) return;
        std::size_t& last = last_.at(stream);
        if (last != 0 && number > last + 1)
            result_.missing += static_cast<std::int64_t>(number - last - 1);
        if (number <= last) ++result_.doubled;
        last = std::max(last, number);
        if (is_measured(number)) result_.to_frame.add(Clock::now() - due_.at(number - 1));
    }

    bool is_measured(std::size_t number) const {
        return measured_from_ != 0 && number >= measured_from_;
    }

    std::size_t begun() const {
        return static_cast<std::size_t>(std::ranges::count_if(streams_, [](const auto& stream) {
            return stream->begun();
        }));
    }
    bool all_have(std::size_t number) const {
        return std::ranges::all_of(last_, [&](std::size_t last) { return last == number; });
    }
    bool all_is_done() const { return answered_ == due_.size() && all_have(due_.size()); }

    void turn(Clock::time_point until) {
        reactor_.wait(std::min(until, Clock::now() + std::chrono::milliseconds(20)));
    }

    void wait_for(const std::function<bool()>& reached, const std::string& what) {
        const auto end = Clock::now() + settings_.patience;
        while (!reached()) {
            if (Clock::now() > end) throw std::runtime_error("not in time: " + what);
            turn(end);
        }
    }

    const FollowersSettings settings_;
    Reactor reactor_;
    std::unique_ptr<Publisher> publisher_;
    std::vector<std::unique_ptr<EventStream>> streams_;
    std::vector<std::size_t> last_;       ///< number of each stream; 0: none yet
    std::vector<Clock::time_point> due_;  ///< due_[N - 1] is when N was
    std::size_t sent_ = 0;
    std::size_t answered_ = 0;
    std::size_t measured_from_ = 0;
    FollowersResult result_;
};

}  // namespace

FollowersResult measure_followers(const FollowersSettings& settings) {
    raise_file_limit();
    return Followers(settings).run();
}

}  // namespace bench
