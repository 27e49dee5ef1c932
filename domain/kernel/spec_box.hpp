#pragma once

#include "domain/kernel/wire_check.hpp"
#include "domain/kernel/wire_reader.hpp"
#include "domain/kernel/wire_types.hpp"
#include "domain/kernel/wire_writer.hpp"

#include <string>
#include <string_view>

namespace domain {

/// A struct around one value, for specs.
template <class T>
struct Box {
    T value{};
};
template <class T>
inline constexpr auto wire<Box<T>> = object(field("value", &Box<T>::value));

/// What is written of a struct that is read from `json`; or the places and codes of what stands
/// against that, such as "/lines/0 wrong-type, /note missing".
template <class Struct>
std::string struct_again(std::string_view json, JsonReader::Of of = JsonReader::Of::command) {
    static_assert(wire_check::Check<wire_check::Use::command>::type<Struct>());
    JsonReader reader(of);
    Struct value{};
    reader.read(JsonDocument(json), value);
    std::string faults;
    for (const auto& error : reader.errors()) {
        if (!faults.empty()) faults += ", ";
        faults += error.location + ' ' + error.code;
    }
    if (!faults.empty()) return faults;
    JsonWriter writer;
    writer.write(value, {});
    return std::move(writer).text();
}

/// The same of a value of type T, without the box that it is in.
template <class T>
std::string again(std::string_view json, JsonReader::Of of = JsonReader::Of::command) {
    constexpr std::string_view begin = "{\"value\":";
    std::string text = struct_again<Box<T>>(std::string(begin) + std::string(json) + '}', of);
    if (text.starts_with(begin)) text = text.substr(begin.size(), text.size() - begin.size() - 1);
    for (std::size_t at; (at = text.find("/value")) != text.npos;) text.erase(at, 6);
    return text;
}

/// What is said to people of the first fault.
template <class Struct>
std::string first_message(std::string_view json) {
    JsonReader reader(JsonReader::Of::command);
    Struct value{};
    reader.read(JsonDocument(json), value);
    return reader.errors().empty() ? "" : reader.errors().front().message;
}

}  // namespace domain
