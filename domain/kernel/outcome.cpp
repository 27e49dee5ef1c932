#include "domain/kernel/outcome.hpp"

#include <nlohmann/json.hpp>

namespace domain {
namespace {

using Json = nlohmann::ordered_json;

Json about(const CommandEnvelope& command) {
    return {
        {"category", command.stream.category},
        {"entity", command.stream.entity},
        {"name", command.name},
    };
}

Json about(const CommandEnvelope& command, const Rejection& rejection) {
    Json json = about(command);
    json["code"] = rejection.code;
    json["message"] = rejection.message;
    json["errors"] = Json::array();
    for (const auto& error : rejection.errors) {
        json["errors"].push_back(
            {{"location", error.location}, {"code", error.code}, {"message", error.message}}
        );
    }
    return json;
}

/// A message may hold any bytes, such as those of an exception, and has to be told all the same.
NewEvent event(std::string_view type, const Json& json) {
    return {std::string(type), json.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

}  // namespace

NewEvent unchanged(const CommandEnvelope& command) {
    return event(outcome_unchanged, about(command));
}

NewEvent rejected(const CommandEnvelope& command, const Rejection& rejection) {
    return event(outcome_rejected, about(command, rejection));
}

NewEvent failed(const CommandEnvelope& command, std::string_view code, std::string_view message) {
    return event(outcome_failed, about(command, {std::string(code), std::string(message)}));
}

std::string outcome_code(std::string_view data) {
    const Json outcome = Json::parse(data, nullptr, false);
    const auto code = outcome.is_object() ? outcome.find("code") : outcome.end();
    return code != outcome.end() && code->is_string() ? code->get<std::string>() : "";
}

}  // namespace domain
