#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace infra::runtime {

/// What a number may be, both ends included.
struct Bounds {
    std::int64_t min = 0;
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

/// One setting: a name, the sentence that explains it, and the variable that it sets.
struct Setting {
    std::string name;                             ///< "http.port"
    std::string description;                      ///< one sentence
    std::string allowed;                          ///< "a whole number from 0 to 65535"
    std::function<bool(std::string_view)> parse;  ///< sets the variable; false: not allowed
    std::function<std::string()> show;            ///< the variable's value, safe to print
    std::string default_value{};                  ///< as show() gave it before any source
    std::string origin = "default";               ///< where the value stands
};

/// Every setting of the program, bound to variables that hold its default. Sources are applied in
/// rising order: file, environment, flags. What is unknown or not allowed throws
/// domain::SetupError: one line that says where it stands and what it should be.
class SettingsTable {
  public:
    /// The variable has to outlive the table.
    void add(std::string name, std::string& target, std::string description);
    void add(std::string name, bool& target, std::string description);
    /// Comma-separated.
    void add(std::string name, std::vector<std::string>& target, std::string description);
    /// One of a few words.
    void add_choice(
        std::string name,
        std::string& target,
        std::vector<std::string> words,
        std::string description
    );
    /// Shown as *** once it is set.
    void add_secret(std::string name, std::string& target, std::string description);
    /// A connection URL or conninfo string, shown without the password in it.
    void add_url(std::string name, std::string& target, std::string description);

    template <std::integral T>
    void add(std::string name, T& target, Bounds bounds, std::string description) {
        if (!std::in_range<T>(bounds.max)) bounds.max = std::numeric_limits<T>::max();
        add_number(
            std::move(name),
            bounds,
            std::move(description),
            [&target] { return static_cast<std::int64_t>(target); },
            [&target](std::int64_t value) { target = static_cast<T>(value); }
        );
    }

    /// In whole units of the variable's own type; the name ends in that unit.
    template <class Rep, class Period>
    void add(
        std::string name,
        std::chrono::duration<Rep, Period>& target,
        Bounds bounds,
        std::string description
    ) {
        add_number(
            std::move(name),
            bounds,
            std::move(description),
            [&target] { return static_cast<std::int64_t>(target.count()); },
            [&target](std::int64_t value) {
                target = std::chrono::duration<Rep, Period>(static_cast<Rep>(value));
            }
        );
    }

    /// `origin` names the place for messages: "antiphon.conf:12".
    void set(std::string_view name, std::string_view value, std::string origin);

    /// Lines `name = value`; `#` begins a comment line.
    void read_file(const std::filesystem::path& file);

    /// Takes the ANTIPHON_… of `variables` ("NAME=value"), except those in `others`.
    void read_environment(const char* const* variables, std::span<const std::string_view> others);

    const std::vector<Setting>& all() const { return settings_; }

    /// The known name that is most like `name`.
    std::string nearest(std::string_view name) const;

  private:
    void add_number(
        std::string name,
        Bounds bounds,
        std::string description,
        std::function<std::int64_t()> get,
        std::function<void(std::int64_t)> put
    );
    void add(Setting setting);
    Setting* find(std::string_view name);

    std::vector<Setting> settings_;
};

/// "ANTIPHON_HTTP_PORT" for "http.port".
std::string environment_name(std::string_view setting);

/// Hides the password of `postgresql://user:password@host/…` and of `password=…`.
std::string without_password(std::string_view url);

}  // namespace infra::runtime
