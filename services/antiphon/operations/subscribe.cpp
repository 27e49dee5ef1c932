#include "domain/kernel/error.hpp"
#include "domain/kernel/number.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_append_notices.hpp"
#include "infra/runtime/step_loop.hpp"
#include "infra/runtime/stop_signals.hpp"
#include "infra/runtime/system_clock.hpp"
#include "services/antiphon/operations/operate.hpp"
#include "services/antiphon/operations/selection_flags.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/store.hpp"
#include "services/operations/event_json.hpp"
#include "services/operations/subscriber.hpp"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <memory>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace services::antiphon {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t delivered_max = 500;

struct SubscribeAsked {
    SelectionFlags selection;
    std::string group;
    std::string from = "beginning";
    bool until_now = false;
    bool confirms = false;
    std::size_t unconfirmed_max = 1'000;
    bool list = false;
    bool drop = false;
};

/// Whole or not at all: a line that is cut short is no place to stop.
void write_all(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t count = write(STDOUT_FILENO, text.data() + at, text.size() - at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0)
            throw domain::SetupError(
                std::string("what is delivered cannot be written: ") + std::strerror(errno)
            );
        at += static_cast<std::size_t>(count);
    }
}

void deliver(std::span<const domain::EventEnvelope> events) {
    std::string lines;
    for (const auto& event : events) lines += operations::event_json(event) + '\n';
    write_all(lines);
}

/// Positions that come on standard input, a line each.
class Confirmations {
  public:
    /// Those that have come; waits at most `timeout` for the first. Nothing when there are no more
    /// to come.
    std::optional<std::vector<domain::Position>> read(std::chrono::milliseconds timeout) {
        std::vector<domain::Position> positions;
        pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        while (poll(&input, 1, positions.empty() ? static_cast<int>(timeout.count()) : 0) > 0) {
            char buffer[4096];
            const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
            if (count <= 0) return std::nullopt;
            take({buffer, static_cast<std::size_t>(count)}, positions);
        }
        return positions;
    }

  private:
    void take(std::string_view text, std::vector<domain::Position>& positions) {
        for (const char c : text) {
            if (c != '\n') {
                line_ += c;
                if (line_.size() > 20) refuse();
                continue;
            }
            const auto number = domain::parse_number<std::int64_t>(line_);
            if (!number) refuse();
            positions.push_back({*number});
            line_.clear();
        }
    }

    [[noreturn]] void refuse() const {
        throw domain::SetupError(
            "standard input has to have a position a line, not '" + line_ + "'"
        );
    }

    std::string line_;
};

/// Until it is stopped; or, if that is asked for, until all that there is was delivered.
class Subscribing {
  public:
    Subscribing(const Settings& settings, const SubscribeAsked& asked)
        : asked_(asked),
          store_(settings.postgres),
          listener_(settings.postgres, domain::Log::events),
          subscriber_(
              store_.subscriptions,
              store_.events,
              asked.group,
              asked.from == "now" ? operations::SubscribeFrom::now
                                  : operations::SubscribeFrom::beginning,
              asked.selection.selection(),
              asked.confirms ? asked.unconfirmed_max : 0,
              deliver
          ) {
        infra::postgres::check_schema(store_.connection);
    }

    void run() {
        auto stop = signals_.source();
        const auto step = [&] {
            const bool worked = subscriber_.step(delivered_max);
            if (domain::due(clock_, kept_, 1s)) subscriber_.keep();
            if (asked_.confirms) confirm(worked ? 0ms : 100ms, stop);
            if (!worked && asked_.until_now && subscriber_.at_end()) stop.request_stop();
            return worked;
        };
        infra::runtime::run_until_stopped(
            {.name = "subscribe",
             .step = step,
             .wait =
                 [&] {
                     if (!asked_.confirms) listener_.wait(500ms);
                 },
             .finish = [&] { subscriber_.keep(); }},
            clock_,
            stop.get_token()
        );
        std::cerr << subscriber_.delivered() << " events were delivered\n";
    }

  private:
    void confirm(std::chrono::milliseconds timeout, std::stop_source& stop) {
        const auto positions = confirmations_.read(timeout);
        if (!positions) {
            stop.request_stop();
            return;
        }
        for (const auto position : *positions) subscriber_.confirm(position);
    }

    const SubscribeAsked& asked_;
    const infra::runtime::StopSignals signals_;
    const infra::runtime::SystemClock clock_;
    Store store_;
    infra::postgres::PostgresAppendListener listener_;
    Confirmations confirmations_;
    operations::Subscriber subscriber_;
    std::chrono::milliseconds kept_{0};
};

int list(const Settings& settings) {
    Store store(settings.postgres);
    infra::postgres::check_schema(store.connection);
    const domain::Cursor head = store.events.head();
    for (const auto& [name, epoch, place] : store.subscriptions.all())
        std::cout << name << ": position " << place.position.value << " of " << head.position.value
                  << ", claimed " << epoch.value << " times"
                  << (place.incarnation == head.incarnation ? "" : ", of another life of the log")
                  << '\n';
    return done;
}

int drop(const Settings& settings, const std::string& group) {
    Store store(settings.postgres);
    infra::postgres::check_schema(store.connection);
    if (!store.subscriptions.drop(group))
        throw domain::SetupError("there is no group " + group + "; --list tells which there are");
    return done;
}

int subscribe(const Settings& settings, const SubscribeAsked& asked) {
    if (asked.list) return list(settings);
    if (asked.group.empty()) throw domain::SetupError("name the group: --group GROUP");
    if (asked.drop) return drop(settings, asked.group);
    Subscribing(settings, asked).run();
    return done;
}

}  // namespace

Command::Run prepare_subscribe(CLI::App& app) {
    const auto asked = std::make_shared<SubscribeAsked>();
    app.add_option("--group", asked->group, "The consumer group, whose place the store keeps");
    app.add_option("--begin", asked->from, "Where a group begins that is new: beginning or now")
        ->check(CLI::IsMember({"beginning", "now"}))
        ->capture_default_str();
    app.add_flag("--until-now", asked->until_now, "End when all that there is was printed");
    app.add_flag(
        "--confirm", asked->confirms, "Keep a place only when its position came on standard input"
    );
    app.add_option("--unconfirmed", asked->unconfirmed_max, "With --confirm: at most so many ahead")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    app.add_flag("--list", asked->list, "Tell which groups there are, and how far");
    app.add_flag("--drop", asked->drop, "Forget the group");
    add_flags(app, asked->selection, false);
    app.footer(R"(
Prints every event since the beginning, and then the new ones as they come, each as a CloudEvent in
a line of JSON; another run of the same group goes on where this one was (docs/REPLAY.md):
  antiphon subscribe --group reports --category account | my-program
  antiphon subscribe --group nightly --until-now > today.ndjson
One reads at a time: a second reader of a group takes over from the first.)");
    return [asked](const Settings& settings) { return subscribe(settings, *asked); };
}

}  // namespace services::antiphon
