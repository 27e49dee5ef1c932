#pragma once

#include "domain/kernel/json_place.hpp"
#include "domain/kernel/wire_description.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace domain {

/// Writes described types as JSON, fields in their order. An empty optional is left out.
class JsonWriter {
  public:
    /// What is shown, stored or sent leaves out hidden fields; snapshots have them.
    enum class Of { outside, snapshot };
    explicit JsonWriter(Of of = Of::outside) : of_(of) {}

    const std::string& text() const& { return text_; }
    std::string text() && { return std::move(text_); }

    /// What would not be read back as it was, and why: a string that is not UTF-8 (it is written
    /// all the same, with U+FFFD where it is broken), an enumerator that has no name (written as
    /// an empty string). The first one.
    struct Fault {
        std::string location;  ///< JSON pointer
        std::string why;
    };
    const std::optional<Fault>& fault() const { return fault_; }

    void write(bool value, const JsonPlace&) { text_ += value ? "true" : "false"; }

    template <WireInteger Integer>
    void write(const Integer& value, const JsonPlace&) {
        text_ += std::to_string(value);
    }

    template <std::size_t decimals>
    void write(const Decimal<decimals>& value, const JsonPlace&) {
        text_ += '"' + to_string(value) + '"';
    }

    template <WireText T>
    void write(const T& value, const JsonPlace& place) {
        write_string(text_of(value, place), place);
    }

    template <class T>
    void write(const std::optional<T>& value, const JsonPlace& place) {
        write(*value, place);
    }

    template <class T>
    void write(const std::vector<T>& values, const JsonPlace& place) {
        text_ += '[';
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i > 0) text_ += ',';
            write(static_cast<const T&>(values[i]), {place, i});
        }
        text_ += ']';
    }

    template <WireText Key, class T>
    void write(const std::map<Key, T>& values, const JsonPlace& place) {
        text_ += '{';
        bool first = true;
        for (const auto& [key, value] : values) {
            if (!std::exchange(first, false)) text_ += ',';
            const auto& name = text_of(key, place);
            write_string(name, place);
            text_ += ':';
            write(value, {place, name});
        }
        text_ += '}';
    }

    template <Described Struct>
    void write(const Struct& value, const JsonPlace& place) {
        text_ += '{';
        write_members(value, place, true);
        text_ += '}';
    }

    template <TaggedVariant Variant>
    void write(const Variant& value, const JsonPlace& place) {
        const auto write_held = [&](const auto& held) {
            text_ += '{';
            write_name(wire<Variant>.tag);
            text_ += ':';
            write_name(wire<Variant>.names[value.index()]);
            write_members(held, place, false);
            text_ += '}';
        };
        std::visit(write_held, value);
    }

    template <class T>
    void write(const T&, const JsonPlace&) {}  // as in JsonReader

  private:
    template <class Struct>
    void write_members(const Struct& value, const JsonPlace& place, bool first) {
        const auto write_all = [&](const auto&... fields) {
            (write_field(value, fields, place, first), ...);
        };
        std::apply(write_all, wire<Struct>.fields);
    }

    template <class Struct, class AnyField>
    void
    write_field(const Struct& value, const AnyField& field, const JsonPlace& place, bool& first) {
        if (is_hidden<AnyField> && of_ != Of::snapshot) return;
        const auto& member = value.*field.member;
        if constexpr (is_optional<std::remove_cvref_t<decltype(member)>>)
            if (!member) return;
        if (!std::exchange(first, false)) text_ += ',';
        write_name(field.name);
        text_ += ':';
        write(member, {place, field.name});
    }

    /// One that the compiler has found to stand between quotes as it is.
    void write_name(std::string_view name) {
        text_ += '"';
        text_ += name;
        text_ += '"';
    }
    void write_string(std::string_view value, const JsonPlace& place);

    const std::string& text_of(const std::string& value, const JsonPlace&) { return value; }
    template <Textual T>
    std::string text_of(const T& value, const JsonPlace&) {
        return wire<T>.to_text(value);
    }
    template <Enumerated Enum>
    std::string_view text_of(const Enum& value, const JsonPlace& place) {
        for (std::size_t i = 0; i < wire<Enum>.values.size(); ++i)
            if (wire<Enum>.values[i] == value) return wire<Enum>.names[i];
        const auto number = static_cast<std::underlying_type_t<Enum>>(value);
        fail(place, "its enumerator " + std::to_string(number) + " has no name");
        return {};
    }

    void fail(const JsonPlace& place, std::string why) {
        if (!fault_) fault_ = Fault{place.pointer(), std::move(why)};
    }

    const Of of_;
    std::string text_;
    std::optional<Fault> fault_;
};

}  // namespace domain
