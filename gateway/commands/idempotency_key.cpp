#include "gateway/commands/idempotency_key.hpp"

#include "gateway/http/field_rules.hpp"

#include <algorithm>

namespace gateway::commands {
namespace {

constexpr std::size_t max_bytes = 255;

bool is_between(char low, char c, char high) { return c >= low && c <= high; }

bool is_letter(char c) { return is_between('a', c, 'z') || is_between('A', c, 'Z'); }

bool all_between(char low, char high, std::string_view text) {
    return std::ranges::all_of(text, [&](char c) { return is_between(low, c, high); });
}

bool is_digits(std::string_view text, std::size_t max) {
    return !text.empty() && text.size() <= max && all_between('0', '9', text);
}

/// Takes a string in quotes from the front of `text`: RFC 8941, 3.3.3.
std::optional<std::string> take_string(std::string_view& text) {
    std::string taken;
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] == '"') {
            text.remove_prefix(at + 1);
            return taken;
        }
        if (text[at] == '\\' && (++at == text.size() || (text[at] != '"' && text[at] != '\\')))
            return std::nullopt;
        if (!is_between(' ', text[at], '~')) return std::nullopt;
        taken += text[at];
    }
    return std::nullopt;
}

/// RFC 8941, 3.3.1 and 3.3.2: 15 digits, or 12 and up to 3 behind a point.
bool is_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    if (point == text.npos) return is_digits(text, 15);
    return is_digits(text.substr(0, point), 12) && is_digits(text.substr(point + 1), 3);
}

/// RFC 8941, 3.3.4 to 3.3.6: a token, bytes in Base64, or a truth.
bool is_word(std::string_view text) {
    if (text == "?0" || text == "?1") return true;
    if (text.size() > 1 && text.starts_with(':') && text.ends_with(':')) {
        return std::ranges::all_of(text.substr(1, text.size() - 2), [](char c) {
            return is_between('0', c, '9') || is_letter(c) || c == '+' || c == '/' || c == '=';
        });
    }
    if (text.empty() || !(is_letter(text[0]) || text[0] == '*')) return false;
    return std::ranges::all_of(text, [](char c) {
        return c == ':' || c == '/' || http::is_token({&c, 1});
    });
}

/// Passes over what stands behind an item: RFC 8941, 3.1.2. Nothing here goes by it. False: it is
/// against the grammar.
bool skip_parameters(std::string_view text) {
    while (!text.empty()) {
        if (text.front() != ';') return false;
        text.remove_prefix(1);
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        const std::string_view name = text.substr(0, text.find_first_of("=;"));
        const bool begins = !name.empty() && (is_between('a', name[0], 'z') || name[0] == '*');
        const bool named = begins && std::ranges::all_of(name, [](char c) {
                               return is_between('a', c, 'z') || is_between('0', c, '9') ||
                                      std::string_view("_-.*").find(c) != std::string_view::npos;
                           });
        if (!named) return false;
        text.remove_prefix(name.size());
        if (!text.starts_with('=')) continue;
        text.remove_prefix(1);
        if (text.starts_with('"')) {
            if (!take_string(text)) return false;
            continue;
        }
        const std::string_view value = text.substr(0, text.find(';'));
        if (!is_number(value) && !is_word(value)) return false;
        text.remove_prefix(value.size());
    }
    return true;
}

}  // namespace

std::optional<std::string> read_key(std::string_view value) {
    std::optional<std::string> key;
    if (value.starts_with('"')) {
        key = take_string(value);
        if (!key || !skip_parameters(value)) return std::nullopt;
    } else if (all_between('!', '~', value)) {
        key = value;
    }
    if (!key || key->empty() || key->size() > max_bytes) return std::nullopt;
    return key;
}

}  // namespace gateway::commands
