#include "infra/postgres/import_beside.hpp"

#include "domain/kernel/error.hpp"

#include <string>

namespace infra::postgres {
namespace {

constexpr auto note_letter =
    "update dead_letters set attempts = $2, reason = $3, state = $4, retried_as = nullif($5, "
    "'')::uuid"
    " where command_position = $1";

constexpr auto note_attempt =
    "insert into command_attempts (command_position, attempts, skip, code, reason)"
    " select c.position, $2, $3, $4, $5 from commands c where c.position = $1";

constexpr auto note_subscription =
    "insert into subscriptions (name, epoch, incarnation, position) values ($1, $2, $3, $4)";

void put_letter(pqxx::work& transaction, const domain::LetterNote& note) {
    const auto updated = transaction.exec_params(
        note_letter,
        note.command.value,
        note.attempts,
        note.reason,
        std::string(domain::to_string(note.state)),
        note.retried_as
    );
    if (updated.affected_rows() != 1)
        throw domain::SetupError(
            "the command at " + std::to_string(note.command.value) + " has not failed, as is said"
        );
}

void put_attempt(pqxx::work& transaction, const domain::AttemptedCommand& attempt) {
    const auto added = transaction.exec_params(
        note_attempt,
        attempt.position.value,
        attempt.attempts,
        attempt.skip,
        attempt.first.code,
        attempt.first.reason
    );
    if (added.affected_rows() != 1)
        throw domain::SetupError(
            "there is no command at " + std::to_string(attempt.position.value)
        );
}

}  // namespace

void put_beside(pqxx::work& transaction, const domain::BesideRow& row) {
    if (const auto* note = std::get_if<domain::LetterNote>(&row)) {
        put_letter(transaction, *note);
    } else if (const auto* attempt = std::get_if<domain::AttemptedCommand>(&row)) {
        put_attempt(transaction, *attempt);
    } else {
        const auto& subscription = std::get<domain::Subscription>(row);
        transaction.exec_params(
            note_subscription,
            subscription.name,
            subscription.epoch.value,
            subscription.place.incarnation,
            subscription.place.position.value
        );
    }
}

}  // namespace infra::postgres
