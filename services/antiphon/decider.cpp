#include "services/antiphon/decider.hpp"

#include "domain/kernel/error.hpp"
#include "infra/process/local_folder.hpp"
#include "infra/process/local_history_checker.hpp"
#include "infra/process/serve.hpp"
#include "services/worker/local_decider.hpp"

#include <charconv>
#include <cstring>

namespace services::antiphon {
namespace {

constexpr std::size_t arguments_count = 9;

template <class Number>
Number number_of(const char* text) {
    Number number{};
    const char* const end = text + std::strlen(text);
    if (std::from_chars(text, end, number).ptr != end) {
        throw domain::SetupError(std::string("the decider does not understand ") + text);
    }
    return number;
}

}  // namespace

std::vector<std::string> decider_arguments(
    const Settings& settings,
    std::size_t states_max,
    const domain::SnapshotPolicy& snapshots,
    bool refuse_taken
) {
    return {
        decider_role,
        std::to_string(states_max),
        std::to_string(settings.worker.attempts),
        std::to_string(settings.decider_memory_max_megabytes),
        std::to_string(snapshots.events),
        std::to_string(snapshots.fold.count()),
        std::to_string(snapshots.bytes_max),
        settings.token_check.names.roles,
        settings.token_check.names.scope,
        refuse_taken ? "1" : "0"};
}

infra::process::ChildHistoryChecker make_checker(const Settings& settings) {
    return {{.arguments = decider_arguments(settings, 1, no_snapshots)}, settings.fold_timeout};
}

void run_decider(std::span<const char* const> arguments) {
    if (arguments.size() != arguments_count) {
        throw domain::SetupError("this role is started by a worker or a gateway, and by nobody else"
        );
    }
    const domain::SnapshotPolicy snapshots{
        .events = number_of<std::size_t>(arguments[3]),
        .fold = std::chrono::milliseconds(number_of<std::int64_t>(arguments[4])),
        .bytes_max = number_of<std::size_t>(arguments[5])};
    const worker::LocalDeciderSettings settings{
        .states_max = number_of<std::size_t>(arguments[0]),
        .attempts = number_of<int>(arguments[1]),
        .claim_names = {.roles = arguments[6], .scope = arguments[7]},
        .snapshots = snapshots,
        .refuse_taken = number_of<int>(arguments[8]) != 0};
    constexpr std::uint64_t megabyte = 1'000'000;
    const auto end =
        infra::process::become_child(number_of<std::uint64_t>(arguments[2]) * megabyte);
    const auto aggregates = domain::all_aggregates();
    infra::process::serve(end, [&](const infra::process::TellUnderWay& tell) {
        return infra::process::Served{
            std::make_unique<worker::LocalDecider>(aggregates, settings, tell),
            std::make_unique<infra::process::LocalFolder>(
                aggregates, settings.states_max, snapshots, [tell] { tell(0, true); }
            ),
            std::make_unique<infra::process::LocalHistoryChecker>(
                aggregates, [tell](std::size_t event) { tell(event, true); }
            )};
    });
}

}  // namespace services::antiphon
