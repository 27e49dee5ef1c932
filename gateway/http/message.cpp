#include "gateway/http/message.hpp"

#include <algorithm>
#include <stdexcept>

namespace gateway::http {
namespace {

const std::string* find(const Fields& fields, std::string_view name) {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) {
        return field.first == name;
    });
    return found == fields.end() ? nullptr : &found->second;
}

std::optional<std::string_view> view(const std::string* value) {
    if (value == nullptr) return std::nullopt;
    return *value;
}

}  // namespace

std::optional<std::string_view> Request::header(std::string_view lower_case_name) const {
    return view(find(headers, lower_case_name));
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
    return view(find(query, name));
}

const std::string& Request::parameter(std::string_view name) const {
    const std::string* value = find(parameters, name);
    if (value == nullptr) throw std::logic_error("the route has no such parameter");
    return *value;
}

}  // namespace gateway::http
