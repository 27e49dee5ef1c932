#pragma once

#include "domain/kernel/result.hpp"

#include <nlohmann/json.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace domain {

/// What comes in, and what goes out in the order of the fields. What comes in is not kept in the
/// order in which it came, since looking for a field would then take time by their number.
using InputJson = nlohmann::json;
using OutputJson = nlohmann::ordered_json;

template <class Struct, class Member>
struct Field {
    const char* name;
    Member Struct::*member;
};

template <class... Fields>
struct Wire {
    std::string_view name;  ///< of a command or an event; else empty
    std::tuple<Fields...> fields;
};

template <class Struct, class Member>
constexpr Field<Struct, Member> field(const char* name, Member Struct::*member) {
    return {name, member};
}

template <class... Fields>
constexpr Wire<Fields...> message(std::string_view name, Fields... fields) {
    return {name, {fields...}};
}

template <class... Fields>
constexpr Wire<Fields...> object(Fields... fields) {
    return message("", fields...);
}

/// The description of a struct; specialised, once for each, in a wire file.
template <class Struct>
inline constexpr auto wire = nullptr;

template <class T>
concept Described = requires {
    wire<T>.fields;
};

/// Reads JSON into described structs and collects what stands against it. Throws on no input.
class JsonReader {
  public:
    enum class UnknownFields { refused, ignored };
    explicit JsonReader(UnknownFields unknown) : unknown_(unknown) {}

    /// The first few.
    const std::vector<FieldError>& errors() const { return errors_; }

    /// `location` is the JSON pointer to `json`.
    void read(const InputJson& json, std::string& value, const std::string& location);
    void read(const InputJson& json, bool& value, const std::string& location);

    template <std::integral Integer>
    void read(const InputJson& json, Integer& value, const std::string& location) {
        if (!json.is_number_integer())
            return refuse(location, "wrong-type", "This must be a whole number.");
        auto assign = [&](auto number) {
            if (!std::in_range<Integer>(number))
                return refuse(location, "out-of-range", "This number is too large or too small.");
            value = static_cast<Integer>(number);
        };
        if (json.is_number_unsigned())
            assign(json.get<std::uint64_t>());
        else
            assign(json.get<std::int64_t>());
    }

    template <class T>
    void read(const InputJson& json, std::optional<T>& value, const std::string& location) {
        if (!json.is_null()) read(json, value.emplace(), location);
    }

    template <class T>
    void read(const InputJson& json, std::vector<T>& values, const std::string& location) {
        if (!json.is_array()) return refuse(location, "wrong-type", "This must be a list.");
        for (const auto& element : json) {
            T value{};
            read(element, value, location + "/" + std::to_string(values.size()));
            values.push_back(std::move(value));
        }
    }

    template <Described Struct>
    void read(const InputJson& json, Struct& value, const std::string& location) {
        if (!json.is_object()) return refuse(location, "wrong-type", "This must be a JSON object.");
        auto read_all = [&](const auto&... fields) {
            (read_field(json, value.*fields.member, location, fields.name), ...);
            if (unknown_ == UnknownFields::refused) refuse_others(json, location, {fields.name...});
        };
        std::apply(read_all, wire<Struct>.fields);
    }

  private:
    template <class T>
    void read_field(
        const InputJson& json,
        T& value,
        const std::string& location,
        const std::string& name
    ) {
        auto found = json.find(name);
        if (found != json.end()) return read(*found, value, location + "/" + name);
        constexpr bool is_optional = requires { value.has_value(); };
        if (!is_optional) refuse(location + "/" + name, "missing", "This field is needed.");
    }

    void refuse(std::string location, std::string code, std::string message);
    void refuse_others(
        const InputJson& json,
        const std::string& location,
        const std::vector<std::string_view>& known
    );

    const UnknownFields unknown_;
    std::vector<FieldError> errors_;
};

/// Writes described structs as JSON, fields in their order. An empty optional is left out.
class JsonWriter {
  public:
    template <class T>
    static OutputJson write(const T& value) {
        return value;
    }

    template <class T>
    static OutputJson write(const std::vector<T>& values) {
        OutputJson json = OutputJson::array();
        for (const auto& value : values) json.push_back(write<T>(value));
        return json;
    }

    template <Described Struct>
    static OutputJson write(const Struct& value) {
        OutputJson json = OutputJson::object();
        auto add_all = [&](const auto&... fields) {
            (add(json, fields.name, value.*fields.member), ...);
        };
        std::apply(add_all, wire<Struct>.fields);
        return json;
    }

  private:
    template <class T>
    static void add(OutputJson& json, const char* name, const T& value) {
        json[name] = write(value);
    }

    template <class T>
    static void add(OutputJson& json, const char* name, const std::optional<T>& value) {
        if (value) json[name] = write(*value);
    }
};

}  // namespace domain
