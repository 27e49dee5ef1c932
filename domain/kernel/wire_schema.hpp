#pragma once

#include "domain/kernel/json_place.hpp"
#include "domain/kernel/wire_check.hpp"
#include "domain/kernel/wire_default.hpp"
#include "domain/kernel/wire_description.hpp"
#include "domain/kernel/wire_limits.hpp"
#include "domain/kernel/wire_writer.hpp"

#include <limits>
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

/// The keywords of a JSON Schema: each once, in the order in which they came first.
class SchemaKeywords {
  public:
    /// `json` takes the place of what the keyword had.
    void set(std::string_view name, std::string json);
    void set_text(std::string_view name, std::string_view text);
    void set_list(std::string_view name, const std::vector<std::string_view>& texts);

    bool empty() const { return keywords_.empty(); }
    std::string json() const;

  private:
    std::vector<std::pair<std::string, std::string>> keywords_;
};

/// Writes described types as JSON Schema, draft 2020-12: of a command, what JsonReader takes, but
/// for null in place of what is left out, and a number in place of a decimal's text; of an event or
/// a state, what JsonWriter writes, and of an event also what it lacks that is older than a field.
class SchemaWriter {
  public:
    enum class Of { command, event, state };

    /// `home` is where the schema stands, as a URI reference: "#/$defs/account.state". A struct
    /// that holds itself refers to it.
    SchemaWriter(Of of, std::string home) : of_(of), home_(std::move(home)) {}

    template <Described Struct>
    SchemaKeywords write() {
        return schema(std::type_identity<Struct>{}, {});
    }

  private:
    using Keywords = SchemaKeywords;

    static Keywords typed(std::string_view type);

    Keywords schema(std::type_identity<std::string>, const JsonPlace&) { return typed("string"); }
    Keywords schema(std::type_identity<bool>, const JsonPlace&) { return typed("boolean"); }

    template <WireInteger Integer>
    Keywords schema(std::type_identity<Integer>, const JsonPlace&) {
        Keywords keywords = typed("integer");
        keywords.set("minimum", std::to_string(std::numeric_limits<Integer>::min()));
        keywords.set("maximum", std::to_string(std::numeric_limits<Integer>::max()));
        return keywords;
    }

    template <std::size_t decimals>
    Keywords schema(std::type_identity<Decimal<decimals>>, const JsonPlace&) {
        return decimal(decimals);
    }

    template <Enumerated Enum>
    Keywords schema(std::type_identity<Enum>, const JsonPlace&) {
        Keywords keywords = typed("string");
        keywords.set_list("enum", {wire<Enum>.names.begin(), wire<Enum>.names.end()});
        return keywords;
    }

    template <Textual T>
    Keywords schema(std::type_identity<T>, const JsonPlace&) {
        Keywords keywords = typed("string");
        if (!wire<T>.format.empty()) keywords.set_text("format", wire<T>.format);
        keywords.set_text("description", wire<T>.message);
        return keywords;
    }

    template <class T>
    Keywords schema(std::type_identity<std::optional<T>>, const JsonPlace& place) {
        return schema(std::type_identity<T>{}, place);
    }

    template <class T>
    Keywords schema(std::type_identity<std::vector<T>>, const JsonPlace& place) {
        Keywords keywords = typed("array");
        keywords.set("items", schema(std::type_identity<T>{}, {place, "items"}).json());
        return keywords;
    }

    template <WireText Key, class T>
    Keywords schema(std::type_identity<std::map<Key, T>>, const JsonPlace& place) {
        Keywords keywords = typed("object");
        if constexpr (!std::same_as<Key, std::string>)
            keywords.set("propertyNames", schema(std::type_identity<Key>{}, place).json());
        const JsonPlace values(place, "additionalProperties");
        keywords.set("additionalProperties", schema(std::type_identity<T>{}, values).json());
        return keywords;
    }

    template <Described Struct>
    Keywords schema(std::type_identity<Struct>, const JsonPlace& place) {
        if (auto reference = reference_to(&wire<Struct>)) return *std::move(reference);
        above_.emplace_back(&wire<Struct>, place.pointer());
        Keywords keywords = object<Struct>(place);
        above_.pop_back();
        return keywords;
    }

    template <TaggedVariant Variant>
    Keywords schema(std::type_identity<Variant>, const JsonPlace& place) {
        if (auto reference = reference_to(&wire<Variant>)) return *std::move(reference);
        above_.emplace_back(&wire<Variant>, place.pointer());
        const JsonPlace alternatives(place, "oneOf");
        std::string list;
        const auto add = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
            using Struct = std::variant_alternative_t<I, Variant>;
            if (I > 0) list += ',';
            list +=
                object<Struct>({alternatives, I}, wire<Variant>.tag, wire<Variant>.names[I]).json();
        };
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (add(std::integral_constant<std::size_t, I>{}), ...);
        }
        (std::make_index_sequence<std::variant_size_v<Variant>>{});
        above_.pop_back();

        Keywords keywords = typed("object");
        Keywords discriminator;
        discriminator.set_text("propertyName", wire<Variant>.tag);
        keywords.set("discriminator", discriminator.json());
        keywords.set("oneOf", '[' + list + ']');
        return keywords;
    }

    /// What no field can be, as in JsonReader.
    template <class T>
    Keywords schema(std::type_identity<T>, const JsonPlace&) {
        return {};
    }

    /// With a field `tag` before its own that has the value `name`, if there is a tag.
    template <class Struct>
    Keywords object(const JsonPlace& place, std::string_view tag = {}, std::string_view name = {}) {
        const JsonPlace here(place, "properties");
        Keywords properties;
        std::vector<std::string_view> required;
        if (!tag.empty()) {
            Keywords only = typed("string");
            only.set_text("const", name);
            properties.set(tag, only.json());
            required.push_back(tag);
        }
        const auto add = [&](const auto& field) { add_field(field, here, properties, required); };
        std::apply([&](const auto&... field) { (add(field), ...); }, wire<Struct>.fields);

        Keywords keywords = typed("object");
        keywords.set("properties", properties.json());
        if (!required.empty()) keywords.set_list("required", required);
        if (of_ == Of::command) keywords.set("additionalProperties", "false");
        return keywords;
    }

    template <class Struct, class Member, class... Limits>
    void add_field(
        const Field<Struct, Member, Limits...>& field,
        const JsonPlace& place,
        Keywords& properties,
        std::vector<std::string_view>& required
    ) {
        using Value = limits::Limited<Member>;
        properties.set(field.name, within<Value>(field.limits, {place, field.name}).json());
        const bool may_lack = of_ == Of::event && (is_default<Limits> || ...);
        if (!is_optional<Member> && !may_lack) required.push_back(field.name);
    }
    template <class Struct, class Member>
    void add_field(const Hidden<Struct, Member>&, const JsonPlace&, Keywords&, auto&) {}

    template <class T, class Limits>
    Keywords within(const Limits& limits, const JsonPlace& place) {
        Keywords keywords = schema(std::type_identity<T>{}, place);
        const auto set = [&](const auto& limit) { set_limit<T>(keywords, limit, place); };
        std::apply([&](const auto&... limit) { (set(limit), ...); }, limits);
        return keywords;
    }

    // Commands alone are held to limits, and events alone have defaults.
    template <class T, Side side, class Value>
    void set_limit(Keywords& keywords, const Bound<side, Value>& limit, const JsonPlace&) const {
        constexpr bool least = side == Side::least;
        if (of_ != Of::command) return;
        if constexpr (Textual<T>)  // no word of JSON Schema, but of its validators
            keywords.set_text(
                least ? "formatMinimum" : "formatMaximum", limits::shown(limit.bound)
            );
        else
            keywords.set(least ? "minimum" : "maximum", limits::shown(limit.bound));
    }
    template <class>
    void set_limit(Keywords& keywords, const Length& limit, const JsonPlace&) const {
        set_range(keywords, "minLength", limit.min, "maxLength", limit.max);
    }
    template <class T, class... Limits>
    void set_limit(Keywords& keywords, const OfEach<Limits...>& limit, const JsonPlace& place) {
        const auto name = std::is_void_v<typename Held<T>::key> ? "items" : "additionalProperties";
        keywords.set(name, within<typename Held<T>::type>(limit.limits, {place, name}).json());
    }
    template <class T, class... Limits>
    void set_limit(Keywords& keywords, const OfKeys<Limits...>& limit, const JsonPlace& place) {
        const auto keys = within<typename Held<T>::key>(limit.limits, {place, "propertyNames"});
        keywords.set("propertyNames", keys.json());
    }
    template <class T>
    void set_limit(Keywords& keywords, const Items& limit, const JsonPlace&) const {
        if constexpr (requires { typename T::mapped_type; })
            set_range(keywords, "minProperties", limit.min, "maxProperties", limit.max);
        else
            set_range(keywords, "minItems", limit.min, "maxItems", limit.max);
    }
    template <class T, class... Value>
    void set_limit(Keywords& keywords, const Otherwise<Value...>& limit, const JsonPlace&) const {
        if (of_ != Of::event) return;
        JsonWriter json;
        json.write(limit.template as<T>(), {});
        keywords.set("default", std::move(json).text());
    }

    void set_range(
        Keywords& keywords,
        std::string_view least_name,
        std::size_t least,
        std::string_view most_name,
        std::size_t most
    ) const;

    Keywords decimal(std::size_t decimals) const;

    /// To the struct or variant of this description, if the schema is inside of its own.
    std::optional<Keywords> reference_to(const void* description) const;

    const Of of_;
    const std::string home_;
    std::vector<std::pair<const void*, std::string>> above_;  ///< what is open, and where it stands
};

}  // namespace domain
