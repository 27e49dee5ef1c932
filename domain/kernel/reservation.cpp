#include "domain/kernel/reservation.hpp"

#include "domain/kernel/utf8.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace domain {
namespace {

using Keys = std::set<std::pair<std::string_view, std::string_view>>;  ///< scope and key

Keys keys_of(const Reservations& reservations) {
    Keys keys;
    for (const auto& [scope, key] : reservations)
        if (!key.empty()) keys.emplace(scope.name(), key);
    return keys;
}

}  // namespace

Result<std::vector<KeyChange>> key_changes(const Reservations& before, const Reservations& after) {
    std::vector<KeyChange> changes;
    const Keys old = keys_of(before), now = keys_of(after);
    if (now.size() > keys_max)
        return Rejection{"too-many-keys", "At most 100 texts may be one aggregate's own."};
    const auto add_missing = [&](const Keys& from, const Keys& in, KeyChange::What what) {
        for (const auto& key : from)
            if (!in.contains(key))
                changes.push_back({what, std::string(key.first), std::string(key.second)});
    };
    add_missing(old, now, KeyChange::What::frees);
    add_missing(now, old, KeyChange::What::takes);
    for (const auto& [what, scope, key] : changes)
        if (what == KeyChange::What::takes && !is_printable(key, key_bytes_max))
            return Rejection{
                "invalid-key", "The " + scope + " must be at most 256 bytes of printable text."};
    return changes;
}

Rejection taken(std::string_view scope) {
    return {"taken", "The " + std::string(scope) + " is taken."};
}

}  // namespace domain
