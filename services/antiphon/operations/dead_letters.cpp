#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/error.hpp"
#include "infra/postgres/migrate.hpp"
#include "services/antiphon/operations/operate.hpp"
#include "services/antiphon/operations/text.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/store.hpp"
#include "services/operations/dead_letter_retry.hpp"
#include "services/operations/visible.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>
#include <string>

namespace services::antiphon {
namespace {

using domain::DeadLetter;
using domain::DeadLetterState;

struct LettersAsked {
    OperationFlags flags;
    std::string id;
    std::string category;
    std::string state = "open";
    std::size_t limit = 100;
    bool all = false;
};

nlohmann::ordered_json json_of(const DeadLetter& letter) {
    const domain::CommandEnvelope& command = letter.command.command;
    nlohmann::ordered_json json{
        {"id", command.id},
        {"category", command.stream.category},
        {"entity", command.stream.entity},
        {"name", command.name},
        {"user", domain::user_key(command.issuer)},
        {"correlationid", command.correlation_id},
        {"sent", domain::to_string(command.time)},
        {"failed", domain::to_string(letter.time)},
        {"position", letter.failed_at.value},
        {"code", letter.failure.code},
        {"reason", letter.failure.reason},
        {"attempts", letter.attempts},
        {"state", domain::to_string(letter.state)},
        {"eventssince", letter.events_since}};
    if (!command.causation_id.empty()) json["causationid"] = command.causation_id;
    if (!letter.retried_as.empty()) json["retriedas"] = letter.retried_as;
    return json;
}

std::string line_of(const DeadLetter& letter) {
    const domain::CommandEnvelope& command = letter.command.command;
    return command.id + "  " + domain::to_string(letter.time) + "  " +
           std::string(domain::to_string(letter.state)) + "  " +
           operations::visible(command.stream.category + '/' + command.stream.entity) + ' ' +
           command.name + "  " + letter.failure.code +
           (letter.failure.reason.empty() ? "" : ": " + letter.failure.reason);
}

void print(const DeadLetter& letter, bool json) {
    std::cout << (json ? json_of(letter).dump() : line_of(letter)) << '\n';
}

/// What was decided meanwhile was decided without it.
std::string without_it(const DeadLetter& letter) {
    const domain::StreamId& stream = letter.command.command.stream;
    return std::to_string(letter.events_since) + " events of " +
           operations::visible(stream.category + '/' + stream.entity) +
           " came after it had failed, and were decided without it";
}

void print_retried(const DeadLetter& letter, bool json) {
    const std::string& id = letter.command.command.id;
    const std::string as = operations::retry_id(id);
    if (json) {
        auto told = json_of(letter);
        told["state"] = domain::to_string(DeadLetterState::retried);
        told["retriedas"] = as;
        std::cout << told.dump() << std::endl;
        return;
    }
    std::cout << id << " is retried as " << as;
    if (letter.events_since > 0) std::cout << "; " << without_it(letter);
    std::cout << std::endl;
}

DeadLetter find_letter(Store& store, const std::string& id) {
    if (auto letter = store.dead_letters.find(id)) return std::move(*letter);
    throw domain::SetupError(
        store.commands.find(id) ? "command " + id + " has not failed; see GET /commands/" + id
                                : "there is no command " + id
    );
}

int list(Store& store, const LettersAsked& asked) {
    // "all" is no state, and restricts to none.
    domain::DeadLetterQuery query{asked.category, domain::dead_letter_state(asked.state), {}};
    constexpr std::size_t page_max = 1'000;
    std::size_t left = asked.limit;
    while (left > 0) {
        const std::size_t page = std::min(left, page_max);
        const auto letters = store.dead_letters.read(query, page);
        for (const auto& letter : letters) print(letter, asked.flags.json);
        left -= letters.size();
        if (letters.size() < page) return 0;
        query.after = letters.back().failed_at;
    }
    if (!store.dead_letters.read(query, 1).empty())
        std::cerr << "there are more: give a larger --limit\n";
    return 0;
}

int show(Store& store, const LettersAsked& asked) {
    const auto letter = find_letter(store, command_id(asked.id));
    auto json = json_of(letter);
    if (asked.flags.json) {
        std::string text = json.dump();
        text.pop_back();
        std::cout << text << ",\"data\":" << letter.command.command.data << "}\n";
        return 0;
    }
    for (const auto& [name, value] : json.items())
        std::cout << name << ": "
                  << operations::visible(
                         value.is_string() ? value.get<std::string>() : value.dump()
                     )
                  << '\n';
    std::cout << "data: " << operations::visible(letter.command.command.data) << '\n';
    if (letter.events_since > 0) std::cout << without_it(letter) << '\n';
    return 0;
}

int retry_all(Store& store, const LettersAsked& asked) {
    if (asked.flags.dry_run) {
        LettersAsked listed = asked;
        listed.limit = std::numeric_limits<std::size_t>::max();
        return list(store, listed);
    }
    operations::DeadLetterRetry operation(
        store.dead_letters,
        asked.category,
        store.events.head().position,
        [&](const DeadLetter& letter) { print_retried(letter, asked.flags.json); }
    );
    const bool ended = operate(operation, "retry", "commands", asked.flags);
    std::cerr << operation.advance().done << " commands are retried\n";
    return ended ? done : interrupted;
}

/// Only an open one is changed.
void refuse_unless_open(const DeadLetter& letter) {
    if (letter.state == DeadLetterState::open) return;
    const std::string& id = letter.command.command.id;
    throw domain::SetupError(
        letter.state == DeadLetterState::retried
            ? "command " + id + " is retried already, as " + letter.retried_as
            : "command " + id + " was dropped"
    );
}

int retry(Store& store, const LettersAsked& asked) {
    if (asked.all == !asked.id.empty())
        throw domain::SetupError("retry one COMMAND-ID, or --all of them");
    if (asked.all) return retry_all(store, asked);
    const std::string id = command_id(asked.id);
    const auto letter = find_letter(store, id);
    refuse_unless_open(letter);
    if (!asked.flags.dry_run) store.dead_letters.retry(id, operations::retry_id(id));
    print_retried(letter, asked.flags.json);
    return 0;
}

int drop(Store& store, const LettersAsked& asked) {
    const std::string id = command_id(asked.id);
    const auto letter = find_letter(store, id);
    refuse_unless_open(letter);
    if (!asked.flags.dry_run) store.dead_letters.drop(id);
    const auto after = asked.flags.dry_run ? letter : find_letter(store, id);
    print(after, asked.flags.json);
    return 0;
}

using Act = int (*)(Store&, const LettersAsked&);

}  // namespace

Command::Run prepare_dead_letters(CLI::App& flags) {
    const auto asked = std::make_shared<LettersAsked>();
    const auto chosen = std::make_shared<Act>();
    flags.require_subcommand(1);
    flags.footer(R"(
A command that fails (its user is told a code) stays here with what was seen of it:
  antiphon dead-letters list --category account
  antiphon dead-letters show 0b5e…            its data, its reason, how often it was tried
  antiphon dead-letters retry 0b5e…           sends it once more, as another command of the same
                                              user, who hears what becomes of it
  antiphon dead-letters retry --all --category account    after a fix, in the order in which they
                                              failed
  antiphon dead-letters drop 0b5e…            nobody is to look at it any more
Commands of the same aggregate that came later were decided without it: 'retry' says how many of
their events there are.)");
    const auto add = [&](const char* name, const char* description, Act act) {
        auto* sub = flags.add_subcommand(name, description);
        sub->parse_complete_callback([chosen, act] { *chosen = act; });
        sub->add_flag("--json", asked->flags.json, "As JSON, a line each");
        return sub;
    };
    const auto add_id = [&](CLI::App* sub) {
        return sub->add_option("COMMAND-ID", asked->id, "Which one");
    };
    auto* list_flags = add("list", "List them in the order in which they failed", list);
    list_flags->add_option("--category", asked->category, "Only of this one");
    list_flags->add_option("--state", asked->state, "open, retried, dropped or all")
        ->check(CLI::IsMember({"open", "retried", "dropped", "all"}))
        ->capture_default_str();
    list_flags->add_option("--limit", asked->limit, "At most so many")->capture_default_str();
    add_id(add("show", "Show one with all that is known of it", show))->required();
    auto* retry_flags = add("retry", "Send one, or all, once more", retry);
    add_id(retry_flags);
    retry_flags->add_flag("--all", asked->all, "All that are open");
    retry_flags->add_option("--category", asked->category, "With --all: only of this one");
    retry_flags->add_flag("--dry-run", asked->flags.dry_run, "Say which, and do nothing");
    asked->flags.rate = 100;
    retry_flags->add_option("--rate", asked->flags.rate, "With --all: at most so many a second")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    auto* drop_flags = add("drop", "Let one be", drop);
    add_id(drop_flags)->required();
    drop_flags->add_flag("--dry-run", asked->flags.dry_run, "Say which, and do nothing");
    return [asked, chosen](const Settings& settings) {
        Store store(settings.postgres);
        infra::postgres::check_schema(store.connection);
        return (*chosen)(store, *asked);
    };
}

}  // namespace services::antiphon
