#include "domain/kernel/asked.hpp"

#include "domain/kernel/uuid.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace domain {
namespace {

using Claim = nlohmann::json;

/// The claim of this name; else what lies at this path of members.
const Claim* find(const Claim& claims, std::string_view path) {
    if (!claims.is_object()) return nullptr;
    if (const auto whole = claims.find(path); whole != claims.end()) return &*whole;
    const std::size_t dot = path.find('.');
    if (dot == path.npos) return nullptr;
    const auto inner = claims.find(path.substr(0, dot));
    return inner == claims.end() ? nullptr : find(*inner, path.substr(dot + 1));
}

bool is_text(const Claim& json, std::string_view text) {
    return json.is_string() && json.get_ref<const std::string&>() == text;
}

bool lists(const Claim& json, std::string_view text) {
    return json.is_array() &&
           std::ranges::any_of(json, [&](const Claim& each) { return is_text(each, text); });
}

bool has_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const auto space = std::min(words.find(' '), words.size());
        if (words.substr(0, space) == word) return true;
        words.remove_prefix(std::min(space + 1, words.size()));
    }
    return false;
}

/// Calls with the claim, if there is one.
template <class Answer>
auto with_claim(const Asked& asked, std::string_view name, Answer answer) {
    const Claim claims = Claim::parse(asked.user.claims, nullptr, false);
    const Claim* found = find(claims, name);
    return found ? answer(*found) : decltype(answer(*found)){};
}

}  // namespace

bool Asked::has_role(std::string_view role) const {
    return with_claim(*this, claim_names.roles, [&](const Claim& roles) {
        return is_text(roles, role) || lists(roles, role);
    });
}

bool Asked::has_scope(std::string_view scope) const {
    return with_claim(*this, claim_names.scope, [&](const Claim& scopes) {
        return lists(scopes, scope) ||
               (scopes.is_string() && has_word(scopes.get_ref<const std::string&>(), scope));
    });
}

std::optional<std::string> Asked::claim(std::string_view name) const {
    return with_claim(*this, name, [](const Claim& value) -> std::optional<std::string> {
        if (!value.is_string()) return std::nullopt;
        return value.get<std::string>();
    });
}

std::string Asked::new_id(std::size_t n) const { return named_uuid(command_id, std::to_string(n)); }

}  // namespace domain
