#include "services/antiphon/operations/selection_flags.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/number.hpp"
#include "domain/kernel/timestamp.hpp"
#include "services/antiphon/operations/text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>

namespace services::antiphon {
namespace {

using Bound = std::variant<domain::Position, domain::Timestamp>;

Bound bound_of(const std::string& flag, const std::string& text) {
    const auto number = domain::parse_number<std::int64_t>(text);
    if (number && *number > 0) return domain::Position{*number};
    if (const auto time = domain::parse_timestamp(text)) return *time;
    throw domain::SetupError(
        flag +
        " takes a position (1 is the first) or a time with its offset, such as "
        "2026-01-31T12:00:00Z"
    );
}

}  // namespace

operations::Selection SelectionFlags::selection() const {
    operations::Selection selection{.category = category, .user = user, .types = types};
    if (!stream.empty()) {
        auto [of_category, of_entity] = stream_named(stream);
        selection.category = std::move(of_category);
        selection.entity = std::move(of_entity);
    }
    if (!from.empty()) {
        const Bound bound = bound_of("--from", from);
        if (const auto* position = std::get_if<domain::Position>(&bound)) {
            selection.after = {position->value - 1};
        } else {
            selection.from = std::get<domain::Timestamp>(bound);
        }
    }
    if (!to.empty()) {
        const Bound bound = bound_of("--to", to);
        if (const auto* position = std::get_if<domain::Position>(&bound)) {
            selection.up_to = *position;
        } else {
            selection.before = std::get<domain::Timestamp>(bound);
        }
    }
    return selection;
}

std::string SelectionFlags::text() const {
    std::string text;
    for (const std::string* each : {&category, &stream, &user, &from, &to}) text += *each + '|';
    for (const std::string& type : types) text += type + ',';
    std::ranges::replace(text, '\n', ' ');
    return text;
}

void add_flags(CLI::App& app, SelectionFlags& flags, bool bounds) {
    auto* category = app.add_option("--category", flags.category, "Only events of this category");
    app.add_option("--stream", flags.stream, "Only of CATEGORY/ENTITY")->excludes(category);
    app.add_option(
        "--user", flags.user, "Only what this user caused: the subject, or \"ISSUER SUBJECT\""
    );
    app.add_option("--type", flags.types, "Only of this type; may be given more than once");
    if (!bounds) return;
    app.add_option("--from", flags.from, "From this POSITION or TIME on");
    app.add_option("--to", flags.to, "Up to this POSITION, with it, or to this TIME, without");
}

}  // namespace services::antiphon
