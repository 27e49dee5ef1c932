#include "services/operations/beside_lines.hpp"

#include <nlohmann/json.hpp>

#include <type_traits>

namespace services::operations {
namespace {

using BesideJson = nlohmann::ordered_json;

constexpr auto letter_kind = "dead-letter";
constexpr auto attempt_kind = "attempt";
constexpr auto subscription_kind = "subscription";

BesideJson json_of(const domain::LetterNote& note) {
    return {
        {"kind", letter_kind},
        {"commandposition", note.command.value},
        {"attempts", note.attempts},
        {"reason", note.reason},
        {"state", domain::to_string(note.state)},
        {"retriedas", note.retried_as}};
}

BesideJson json_of(const domain::AttemptedCommand& attempt) {
    return {
        {"kind", attempt_kind},
        {"commandposition", attempt.position.value},
        {"attempts", attempt.attempts},
        {"skip", attempt.skip},
        {"code", attempt.first.code},
        {"reason", attempt.first.reason}};
}

BesideJson json_of(const domain::Subscription& subscription) {
    return {
        {"kind", subscription_kind},
        {"name", subscription.name},
        {"epoch", subscription.epoch.value},
        {"incarnation", subscription.place.incarnation},
        {"position", subscription.place.position.value}};
}

domain::BesideRow row_of(const BesideJson& json) {
    const auto kind = json.at("kind").get<std::string>();
    const auto number = [&](const char* name) { return json.at(name).get<std::int64_t>(); };
    if (kind == letter_kind) {
        domain::LetterNote note{
            .command = {number("commandposition")},
            .failed_at = {},
            .attempts = json.at("attempts").get<int>(),
            .reason = json.at("reason").get<std::string>(),
            .state = domain::dead_letter_state(json.at("state").get<std::string>()).value(),
            .retried_as = json.at("retriedas").get<std::string>()};
        return note;
    }
    if (kind == attempt_kind) {
        domain::AttemptedCommand attempt;
        attempt.position = {number("commandposition")};
        attempt.attempts = json.at("attempts").get<int>();
        attempt.skip = json.at("skip").get<bool>();
        attempt.first.code = json.at("code").get<std::string>();
        attempt.first.reason = json.at("reason").get<std::string>();
        return attempt;
    }
    if (kind != subscription_kind) throw std::out_of_range("kind");
    return domain::Subscription{
        json.at("name").get<std::string>(),
        {number("epoch")},
        {number("incarnation"), {number("position")}}};
}

}  // namespace

void add_line(std::string& lines, const domain::BesideRow& row) {
    const auto json = std::visit([](const auto& each) { return json_of(each); }, row);
    lines += json.dump(-1, ' ', false, BesideJson::error_handler_t::replace);
    lines += '\n';
}

std::optional<domain::BesideRow> archived_beside(std::string_view line) {
    try {
        return row_of(BesideJson::parse(line));
    } catch (const std::exception&) {  // of the parser, of a member, of a state
        return std::nullopt;
    }
}

}  // namespace services::operations
