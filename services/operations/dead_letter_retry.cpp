#include "services/operations/dead_letter_retry.hpp"

#include "domain/kernel/uuid.hpp"

#include <utility>

namespace services::operations {

std::string retry_id(const std::string& command_id) {
    return domain::named_uuid(command_id, "retry");
}

DeadLetterRetry::DeadLetterRetry(
    domain::DeadLetters& letters,
    std::string category,
    domain::Position up_to,
    Retried retried
)
    : letters_(letters),
      query_{std::move(category), domain::DeadLetterState::open, {}},
      up_to_(up_to),
      tell_(std::move(retried)) {}

bool DeadLetterRetry::step(std::size_t most) {
    const auto letters = letters_.read(query_, most);
    for (const domain::DeadLetter& letter : letters) {
        if (letter.failed_at > up_to_) return false;
        const std::string& id = letter.command.command.id;
        if (letters_.retry(id, retry_id(id)) == domain::DeadLetterState::open) {
            ++retried_;
            tell_(letter);
        }
        query_.after = letter.failed_at;
    }
    return letters.size() == most;
}

}  // namespace services::operations
