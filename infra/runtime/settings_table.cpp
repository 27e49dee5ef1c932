#include "infra/runtime/settings_table.hpp"

#include "domain/kernel/error.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <numeric>

namespace infra::runtime {
namespace {

constexpr std::string_view environment_prefix = "ANTIPHON_";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Levenshtein: how many letters to put in, take out or change.
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t change = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, change});
        }
    }
    return row.back();
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += separator;
        text += word;
    }
    return text;
}

Setting text_setting(std::string name, std::string& target, std::string description) {
    return {
        .name = std::move(name),
        .description = std::move(description),
        .allowed = "text",
        .parse =
            [&target](std::string_view text) {
                target = text;
                return true;
            },
        .show = [&target] { return target; }};
}

}  // namespace

void SettingsTable::add(Setting setting) {
    setting.default_value = setting.show();
    settings_.push_back(std::move(setting));
}

void SettingsTable::add(std::string name, std::string& target, std::string description) {
    add(text_setting(std::move(name), target, std::move(description)));
}

void SettingsTable::add_secret(std::string name, std::string& target, std::string description) {
    Setting setting = text_setting(std::move(name), target, std::move(description));
    setting.show = [&target] { return std::string(target.empty() ? "" : "***"); };
    add(std::move(setting));
}

void SettingsTable::add_url(std::string name, std::string& target, std::string description) {
    Setting setting = text_setting(std::move(name), target, std::move(description));
    setting.show = [&target] { return without_password(target); };
    add(std::move(setting));
}

void SettingsTable::add_choice(
    std::string name,
    std::string& target,
    std::vector<std::string> words,
    std::string description
) {
    Setting setting = text_setting(std::move(name), target, std::move(description));
    setting.allowed = "one of " + joined(words, ", ");
    setting.parse = [&target, words = std::move(words)](std::string_view text) {
        if (std::find(words.begin(), words.end(), text) == words.end()) return false;
        target = text;
        return true;
    };
    add(std::move(setting));
}

void SettingsTable::add(std::string name, bool& target, std::string description) {
    add(Setting{
        .name = std::move(name),
        .description = std::move(description),
        .allowed = "true or false",
        .parse =
            [&target](std::string_view text) {
                target = text == "true";
                return text == "true" || text == "false";
            },
        .show = [&target] { return std::string(target ? "true" : "false"); }});
}

void SettingsTable::add(
    std::string name,
    std::vector<std::string>& target,
    std::string description
) {
    add(Setting{
        .name = std::move(name),
        .description = std::move(description),
        .allowed = "words, separated by commas",
        .parse =
            [&target](std::string_view text) {
                target.clear();
                while (!text.empty()) {
                    const auto comma = std::min(text.find(','), text.size());
                    const auto word = trimmed(text.substr(0, comma));
                    if (!word.empty()) target.emplace_back(word);
                    text.remove_prefix(std::min(comma + 1, text.size()));
                }
                return true;
            },
        .show = [&target] { return joined(target, ","); }});
}

void SettingsTable::add_number(
    std::string name,
    Bounds bounds,
    std::string description,
    std::function<std::int64_t()> get,
    std::function<void(std::int64_t)> put
) {
    std::string allowed = "a whole number from " + std::to_string(bounds.min);
    if (bounds.max < std::numeric_limits<std::int32_t>::max()) {
        allowed += " to " + std::to_string(bounds.max);
    } else {
        allowed += " on";
    }
    add(Setting{
        .name = std::move(name),
        .description = std::move(description),
        .allowed = std::move(allowed),
        .parse =
            [bounds, put = std::move(put)](std::string_view text) {
                std::int64_t value = 0;
                const auto [end, error] =
                    std::from_chars(text.data(), text.data() + text.size(), value);
                if (error != std::errc{} || end != text.data() + text.size()) return false;
                if (value < bounds.min || value > bounds.max) return false;
                put(value);
                return true;
            },
        .show = [get = std::move(get)] { return std::to_string(get()); }});
}

void SettingsTable::set(std::string_view name, std::string_view value, std::string origin) {
    Setting* setting = find(name);
    if (setting == nullptr) {
        throw domain::SetupError(
            origin + ": there is no setting '" + std::string(name) + "'; the nearest is '" +
            nearest(name) + "' ('antiphon config' lists all)"
        );
    }
    if (!setting->parse(value)) {
        throw domain::SetupError(
            origin + ": " + setting->name + " is '" + std::string(value) + "'; it has to be " +
            setting->allowed
        );
    }
    setting->origin = std::move(origin);
}

void SettingsTable::read_file(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) throw domain::SetupError("cannot read the settings file " + file.string());
    std::string text;
    for (int number = 1; std::getline(in, text); ++number) {
        const auto line = trimmed(text);
        if (line.empty() || line.front() == '#') continue;
        std::string origin = file.string() + ':' + std::to_string(number);
        const auto equals = line.find('=');
        if (equals == line.npos) {
            throw domain::SetupError(origin + ": expected 'name = value'");
        }
        set(trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)), std::move(origin));
    }
}

void SettingsTable::read_environment(
    const char* const* variables,
    std::span<const std::string_view> others
) {
    for (; *variables != nullptr; ++variables) {
        const std::string_view variable = *variables;
        if (!variable.starts_with(environment_prefix)) continue;
        const auto name = variable.substr(0, variable.find('='));
        if (std::find(others.begin(), others.end(), name) != others.end()) continue;
        const auto setting = std::find_if(settings_.begin(), settings_.end(), [&](const auto& one) {
            return environment_name(one.name) == name;
        });
        if (setting == settings_.end()) {
            std::string like(name.substr(environment_prefix.size()));
            for (char& c : like) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            throw domain::SetupError(
                "environment: there is no setting " + std::string(name) + "; the nearest is " +
                environment_name(nearest(like)) + " ('antiphon config' lists all)"
            );
        }
        set(setting->name, variable.substr(name.size() + 1), "environment " + std::string(name));
    }
}

Setting* SettingsTable::find(std::string_view name) {
    const auto found = std::find_if(settings_.begin(), settings_.end(), [&](const auto& one) {
        return one.name == name;
    });
    return found == settings_.end() ? nullptr : &*found;
}

std::string SettingsTable::nearest(std::string_view name) const {
    const auto found =
        std::min_element(settings_.begin(), settings_.end(), [&](const auto& a, const auto& b) {
            return distance(a.name, name) < distance(b.name, name);
        });
    return found == settings_.end() ? std::string() : found->name;
}

std::string environment_name(std::string_view setting) {
    std::string name(environment_prefix);
    for (const char c : setting) {
        name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return name;
}

std::string without_password(std::string_view url) {
    constexpr auto npos = std::string::npos;
    std::string shown(url);
    if (const auto scheme = shown.find("://"); scheme != npos) {
        const auto colon = shown.find_first_of("/?@:", scheme + 3);
        const auto host = shown.rfind('@');  // a password may have an @, too
        if (colon != npos && shown[colon] == ':' && host != npos && host > colon)
            shown.replace(colon + 1, host - colon - 1, "***");
    }
    constexpr std::string_view parameter = "password", blanks = " \t\r\n\f\v";
    for (auto at = shown.find(parameter); at != npos; at = shown.find(parameter, at)) {
        at += parameter.size();
        const auto equals = shown.find_first_not_of(blanks, at);
        if (equals == npos || shown[equals] != '=') continue;
        const auto begin = std::min(shown.find_first_not_of(blanks, equals + 1), shown.size());
        auto end = begin;
        if (end < shown.size() && shown[end] == '\'') {
            for (++end; end < shown.size() && shown[end] != '\''; ++end)
                if (shown[end] == '\\') ++end;
            end = std::min(end + 1, shown.size());
        } else {
            end = std::min(shown.find_first_of(" \t\r\n\f\v&", begin), shown.size());
        }
        shown.replace(begin, end - begin, "***");
        at = begin;
    }
    return shown;
}

}  // namespace infra::runtime
