#include "domain/kernel/cursor.hpp"

#include "domain/kernel/number.hpp"

namespace domain {

std::string to_string(const Cursor& cursor) {
    return std::to_string(cursor.incarnation) + "-" + std::to_string(cursor.position.value);
}

std::optional<Cursor> parse_cursor(std::string_view text) {
    auto dash = text.find('-');
    if (dash == text.npos) return std::nullopt;
    auto incarnation = parse_number<std::int64_t>(text.substr(0, dash));
    auto position = parse_number<std::int64_t>(text.substr(dash + 1));
    if (!incarnation || !position || *incarnation < 1 || *position < 0) return std::nullopt;
    Cursor cursor{*incarnation, {*position}};
    if (to_string(cursor) != text) return std::nullopt;  // "01-2": one cursor, one spelling
    return cursor;
}

}  // namespace domain
