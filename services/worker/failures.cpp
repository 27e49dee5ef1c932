#include "services/worker/failures.hpp"

#include <spdlog/spdlog.h>

#include <string>
#include <utility>

namespace services::worker {
namespace {

std::string
about(const domain::StoredCommand& command, std::string_view what, const domain::Failure& failure) {
    const domain::CommandEnvelope& envelope = command.command;
    return "command " + envelope.id + " (" + envelope.name + " of " + envelope.stream.category +
           ' ' + envelope.stream.entity + ") " + std::string(what) + ", " + failure.code + ": " +
           failure.reason;
}

}  // namespace

void Failures::failed(
    const domain::StoredCommand& command,
    const domain::Failure& failure,
    int attempts
) {
    failed_since_.push_back({command.position, attempts, failure.reason});
    const std::string line = about(command, "failed", failure);
    if (const auto count = failed_.occurred(clock_.elapsed(), 1, line))
        spdlog::error("{}{}", line, domain::times(count));
}

void Failures::explain() {
    if (failed_since_.empty()) return;
    const auto failed = std::exchange(failed_since_, {});
    letters_.explain(failed);
}

void Failures::suspected(const domain::StoredCommand& command, const domain::Failure& failure) {
    const std::string line = about(command, "is tried apart", failure);
    if (const auto count = suspected_.occurred(clock_.elapsed(), 1, line))
        spdlog::warn("{}{}", line, domain::times(count));
}

}  // namespace services::worker
