#include "domain/kernel/wire_schema.hpp"

#include "domain/kernel/percent_encoding.hpp"

#include <algorithm>

namespace domain {
namespace {

std::string in_quotes(std::string_view text) {
    JsonWriter json;
    json.write(std::string(text), {});
    return std::move(json).text();
}

}  // namespace

void SchemaKeywords::set(std::string_view name, std::string json) {
    const auto is_it = [name](const auto& keyword) { return keyword.first == name; };
    if (auto found = std::ranges::find_if(keywords_, is_it); found != keywords_.end())
        found->second = std::move(json);
    else
        keywords_.emplace_back(name, std::move(json));
}

void SchemaKeywords::set_text(std::string_view name, std::string_view text) {
    set(name, in_quotes(text));
}

void SchemaKeywords::set_list(std::string_view name, const std::vector<std::string_view>& texts) {
    std::string list;
    for (const std::string_view text : texts) list += (list.empty() ? "" : ",") + in_quotes(text);
    set(name, '[' + list + ']');
}

std::string SchemaKeywords::json() const {
    std::string text;
    for (const auto& [name, json] : keywords_)
        text += (text.empty() ? "" : ",") + in_quotes(name) + ':' + json;
    return '{' + text + '}';
}

SchemaKeywords SchemaWriter::typed(std::string_view type) {
    SchemaKeywords keywords;
    keywords.set_text("type", type);
    return keywords;
}

void SchemaWriter::set_range(
    SchemaKeywords& keywords,
    std::string_view least_name,
    std::size_t least,
    std::string_view most_name,
    std::size_t most
) const {
    if (of_ != Of::command) return;
    if (least > 0) keywords.set(least_name, std::to_string(least));
    keywords.set(most_name, std::to_string(most));
}

/// As is_decimal() and Decimal<decimals>::parse() have it: 19 digits at most, and more decimals
/// than it has only if they are 0.
SchemaKeywords SchemaWriter::decimal(std::size_t decimals) const {
    const std::string whole = "(0|[1-9][0-9]{0," + std::to_string(18 - decimals) + "})";
    const std::string fraction = "(\\.[0-9]{1," + std::to_string(decimals) + "}0*)?";
    SchemaKeywords keywords = typed("string");
    keywords.set_text("format", "decimal");
    keywords.set_text("pattern", "^-?" + whole + fraction + '$');
    keywords.set("x-decimal-places", std::to_string(decimals));
    return keywords;
}

std::optional<SchemaKeywords> SchemaWriter::reference_to(const void* description) const {
    const auto is_it = [description](const auto& open) { return open.first == description; };
    const auto found = std::ranges::find_if(above_, is_it);
    if (found == above_.end()) return std::nullopt;
    SchemaKeywords reference;
    reference.set_text("$ref", home_ + percent_encoded(found->second, "/"));
    return reference;
}

}  // namespace domain
