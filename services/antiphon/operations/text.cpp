#include "services/antiphon/operations/text.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/uuid.hpp"

namespace services::antiphon {

std::string command_id(const std::string& text) {
    const auto uuid = domain::parse_uuid(text);
    if (!uuid) throw domain::SetupError("'" + text + "' is no id of a command: it is a UUID");
    return domain::to_string(*uuid);
}

const domain::Aggregate&
aggregate_named(std::span<const domain::AggregatePtr> all, const std::string& category) {
    if (const auto* aggregate = domain::find_aggregate(all, category)) return *aggregate;
    throw domain::SetupError("this build has no aggregate " + category);
}

domain::StreamId stream_named(const std::string& text) {
    const auto slash = text.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == text.size())
        throw domain::SetupError("name the aggregate as CATEGORY/ENTITY, such as account/42");
    return {text.substr(0, slash), text.substr(slash + 1)};
}

}  // namespace services::antiphon
