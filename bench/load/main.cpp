#include "bench/load/report.hpp"
#include "bench/load/token.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace {

/// The secret that the instance checks tokens with: the file that its settings name.
std::string read_key(const std::string& data) {
    std::ifstream settings(data + "/antiphon.conf");
    std::string file_name;
    for (std::string line; std::getline(settings, line);) {
        constexpr std::string_view name = "auth.key_file";
        if (!line.starts_with(name)) continue;
        const auto value = line.find_first_not_of(" =", name.size());
        if (value != std::string::npos) file_name = line.substr(value);
    }
    if (file_name.empty()) {
        throw std::runtime_error("no auth.key_file in " + data + "/antiphon.conf (see --data)");
    }
    std::ifstream file(file_name, std::ios::binary);
    std::string key{std::istreambuf_iterator<char>(file), {}};
    while (key.ends_with('\n') || key.ends_with('\r')) key.pop_back();
    if (key.empty()) throw std::runtime_error("no key for tokens in " + file_name);
    return key;
}

}  // namespace

int main(int argc, char** argv) {
    bench::LoadSettings settings;
    std::string url = "http://127.0.0.1:8080";
    std::string events_url;
    std::string data = "var";
    std::uint32_t connections = 256;
    std::int64_t seconds = settings.measured.count();
    std::int64_t warm_up = settings.warm_up.count();
    std::int64_t patience = settings.patience.count();

    CLI::App app(
        "Loads a running Antiphon and measures it. JSON goes to standard output, one line for "
        "people "
        "to standard error. Ends with 1 if a promise was broken, with 2 if it could not measure."
    );
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--url", url, "the instance")->capture_default_str();
    app.add_option("--events-url", events_url, "its event streams, where they are elsewhere");
    app.add_flag("--relentless", settings.relentless, "a refusal is no reason to pause");
    app.add_option("--data", data, "its data folder, whose antiphon.conf names the key for tokens")
        ->capture_default_str();
    app.add_option("--accounts", settings.accounts, "accounts, shared out over the users")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000'000));
    app.add_option("--seconds", seconds, "time that is measured")
        ->capture_default_str()
        ->check(CLI::Range(1, 86'400));
    app.add_option("--warm-up", warm_up, "seconds of the same load before it")
        ->capture_default_str()
        ->check(CLI::Range(0, 3'600));
    app.add_option("--patience", patience, "seconds to wait for the last answers")
        ->capture_default_str()
        ->check(CLI::Range(1, 3'600));
    auto* accept = app.add_subcommand(
        "accept", "closed loop up to the 202: every connection sends its next command at once"
    );
    accept->add_option("--connections", connections, "keep-alive connections, one user each")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000));
    accept->add_flag("--one-user", settings.one_user, "all connections are the same user's");
    auto* loop = app.add_subcommand(
        "loop", "the whole loop, from POST to the event: closed, or at a fixed --rate"
    );
    loop->add_option("--users", settings.users, "users, each with an event stream")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000));
    auto* depth = loop->add_option("--depth", settings.depth, "commands under way for each user")
                      ->capture_default_str()
                      ->check(CLI::Range(1, 1'000));
    auto* rate = loop->add_option("--rate", settings.rate, "commands a second, whatever comes back")
                     ->check(CLI::Range(0.1, 1e6))
                     ->excludes(depth);
    loop->add_flag("--poisson", settings.poisson, "random gaps, as many users make them")
        ->needs(rate);
    auto* followers = app.add_subcommand(
        "followers", "one event for many: POST at a fixed pace to what many connections follow"
    );
    bench::FollowersSettings followed;
    std::string user;
    std::int64_t every = followed.every.count();
    followers->add_option("--follow", followed.follow, "path of the event stream")->required();
    followers->add_option("--publish", followed.publish, "path to POST {\"cents\": N} to")
        ->required();
    followers->add_option("--user", user, "whose token is shown; none, if it is empty");
    followers->add_option("--connections", followed.connections, "event streams")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000));
    followers->add_option("--every", every, "milliseconds from one event to the next")
        ->capture_default_str()
        ->check(CLI::Range(1, 60'000));
    CLI11_PARSE(app, argc, argv);

    try {
        if (followers->parsed()) {
            followed.endpoint = bench::parse_url(url);
            if (!user.empty()) followed.token = bench::mint_token(read_key(data), user);
            followed.every = std::chrono::milliseconds(every);
            followed.measured = std::chrono::seconds(seconds);
            followed.warm_up = std::chrono::seconds(warm_up);
            followed.patience = std::chrono::seconds(patience);
            const auto result = bench::measure_followers(followed);
            std::cout << bench::json_report(followed, result) << "\n";
            std::cerr << bench::summary(followed, result) << "\n";
            return result.kept() ? 0 : 1;
        }
        settings.follow_events = loop->parsed();
        if (accept->parsed()) settings.users = connections;
        settings.measured = std::chrono::seconds(seconds);
        settings.warm_up = std::chrono::seconds(warm_up);
        settings.patience = std::chrono::seconds(patience);
        settings.endpoint = bench::parse_url(url);
        settings.events = events_url.empty() ? settings.endpoint : bench::parse_url(events_url);
        settings.key = read_key(data);
        const auto result = bench::Load(settings).run();
        std::cout << bench::json_report(settings, result) << "\n";
        std::cerr << bench::summary(settings, result) << "\n";
        return result.kept(settings.follow_events) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "antiphon-bench: " << error.what() << "\n";
        return 2;
    }
}
