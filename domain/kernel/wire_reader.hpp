#pragma once

#include "domain/kernel/json_document.hpp"
#include "domain/kernel/json_place.hpp"
#include "domain/kernel/result.hpp"
#include "domain/kernel/whole_number.hpp"
#include "domain/kernel/wire_default.hpp"
#include "domain/kernel/wire_description.hpp"
#include "domain/kernel/wire_limits.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace domain {

/// Reads JSON into described types and collects what stands against it. Throws on no input.
class JsonReader {
  public:
    /// Commands are strict: they have these fields, each once, within its limits. History is stored
    /// for ever, and may have had other fields and limits, so defaults are for it; of a field that
    /// stands twice the last counts, as it does for JavaScript.
    enum class Of { command, history };
    explicit JsonReader(Of of) : of_(of) {}

    /// The first 50 faults, in the order of the fields; if there are more, one more says so.
    const std::vector<FieldError>& errors() const { return errors_; }

    template <Described Struct>
    void read(const JsonDocument& json, Struct& value) {
        if (json.fault())
            refuse({}, "invalid-json", "This is not JSON, or is nested too deep.");
        else
            read(json.root(), value, {});
    }

    // Each says whether it has made a value of `json`, though parts of it may be at fault.
    bool read(const JsonNode& json, std::string& value, const JsonPlace& place);
    bool read(const JsonNode& json, bool& value, const JsonPlace& place);

    template <WireInteger Integer>
    bool read(const JsonNode& json, Integer& value, const JsonPlace& place) {
        const auto number = whole_number_of(json, place);
        if (!number) return false;
        const auto fitting = number->template as<Integer>();
        if (!fitting) return refuse_range(place);
        value = *fitting;
        return true;
    }

    template <std::size_t decimals>
    bool read(const JsonNode& json, Decimal<decimals>& value, const JsonPlace& place) {
        const auto units = units_of(json, decimals, place);
        if (units) value = Decimal<decimals>::of_units(*units);
        return units.has_value();
    }

    template <Enumerated Enum>
    bool read(const JsonNode& json, Enum& value, const JsonPlace& place) {
        const auto index = name_of(json, wire<Enum>.names, place);
        if (index) value = wire<Enum>.values[*index];
        return index.has_value();
    }

    template <Textual T>
    bool read(const JsonNode& json, T& value, const JsonPlace& place) {
        if (json.kind != JsonNode::Kind::string) return refuse_all_but_strings(place);
        auto meant = wire<T>.from_text(json.text);
        if (!meant) return refuse(place, wire<T>.code, wire<T>.message);
        value = *std::move(meant);
        return true;
    }

    template <class T>
    bool read(const JsonNode& json, std::optional<T>& value, const JsonPlace& place) {
        return json.kind == JsonNode::Kind::null || read(json, value.emplace(), place);
    }

    // What has parts takes the limits that its field has for them, too.
    template <class T, class Limits = std::tuple<>>
    bool read(
        const JsonNode& json,
        std::vector<T>& values,
        const JsonPlace& place,
        const Limits& limits = {}
    ) {
        if (json.kind != JsonNode::Kind::array)
            return refuse(place, "wrong-type", "This must be a list.");
        for (auto* element = json.first(); element != json.end(); element = element->end()) {
            T value{};
            read_within(*element, value, limits::of_each(limits), {place, values.size()});
            values.push_back(std::move(value));
        }
        return true;
    }

    template <WireText Key, class T, class Limits = std::tuple<>>
    bool read(
        const JsonNode& json,
        std::map<Key, T>& values,
        const JsonPlace& place,
        const Limits& limits = {}
    ) {
        if (json.kind != JsonNode::Kind::object) return refuse_all_but_objects(place);
        for (auto* member = json.first(); member != json.end(); member = member->end()) {
            const JsonPlace here(place, member->key);
            const JsonNode name{.kind = JsonNode::Kind::string, .text = member->key};
            Key key{};
            T value{};
            const bool has_key = read_within(name, key, limits::of_keys(limits), here);
            read_within(*member, value, limits::of_each(limits), here);
            if (!has_key) continue;
            const bool first = values.insert_or_assign(std::move(key), std::move(value)).second;
            if (!first && of_ == Of::command) refuse_again(here);
        }
        return true;
    }

    template <Described Struct>
    bool read(const JsonNode& json, Struct& value, const JsonPlace& place) {
        if (json.kind != JsonNode::Kind::object) return refuse_all_but_objects(place);
        read_members(json, value, place);
        return true;
    }

    template <TaggedVariant Variant>
    bool read(const JsonNode& json, Variant& value, const JsonPlace& place) {
        constexpr auto& about = wire<Variant>;
        const auto index = alternative_of(json, about.tag, about.names, place);
        if (!index) return false;
        const auto read_one = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
            if (I == *index) read_members(json, value.template emplace<I>(), place, about.tag);
        };
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (read_one(std::integral_constant<std::size_t, I>{}), ...);
        }
        (std::make_index_sequence<about.names.size()>{});
        return true;
    }

    /// What no field can be: the compiler has refused it where the aggregate is made.
    template <class T>
    bool read(const JsonNode&, T&, const JsonPlace&) {
        return false;
    }

  private:
    using Names = std::span<const std::string_view>;

    /// Of an object, which may have a `tag` besides the struct's own.
    template <class Struct, std::same_as<std::string_view>... Tag>
    void read_members(const JsonNode& json, Struct& value, const JsonPlace& place, Tag... tag) {
        const auto read_all = [&](const auto&... fields) {
            constexpr std::size_t count = sizeof...(fields) + sizeof...(tag);
            const std::array<std::string_view, count> names{fields.name..., tag...};
            std::array<const JsonNode*, count> members{};
            const bool only_these = find_members(json, names, members);
            [[maybe_unused]] std::size_t i = 0;
            (read_field(members[i++], value.*fields.member, fields.limits, {place, fields.name}),
             ...);
            if (of_ == Of::command && !only_these) refuse_others(json, names, place);
        };
        std::apply(read_all, wire<Struct>.fields);
    }

    template <class T, class Limits>
    void read_field(const JsonNode* json, T& value, const Limits& limits, const JsonPlace& place) {
        if (json == nullptr) {
            if (!take_default(value, limits) && !is_optional<T>) refuse_missing(place);
        } else {
            read_within(*json, value, limits, place);
        }
    }

    template <class T, class Limits>
    bool read_within(const JsonNode& json, T& value, const Limits& limits, const JsonPlace& place) {
        if (!read_parts(json, value, limits, place)) return false;
        if (of_ == Of::command) hold(value, limits, place);
        return true;
    }

    template <class T, class Limits>
    bool read_parts(const JsonNode& json, T& value, const Limits& limits, const JsonPlace& place) {
        if constexpr (is_optional<T>)
            return json.kind == JsonNode::Kind::null ||
                   read_parts(json, value.emplace(), limits, place);
        else if constexpr (std::is_void_v<typename Held<T>::type>)
            return read(json, value, place);
        else
            return read(json, value, place, limits);
    }

    template <class T, class... Limits>
    bool take_default(T& value, const std::tuple<Limits...>& limits) {
        const auto take = [&]<class Limit>(const Limit& limit) {
            if constexpr (is_default<Limit>) value = limit.template as<T>();
        };
        if (!(is_default<Limits> || ...) || of_ == Of::command) return false;
        std::apply([&](const auto&... each) { (take(each), ...); }, limits);
        return true;
    }

    template <class T, class... Limits>
    void hold(const T& value, const std::tuple<Limits...>& limits, const JsonPlace& place) {
        const auto hold_to = [&]<class Limit>(const Limit& limit) {
            if constexpr (Limit::template fits<T>)
                if (const auto excess = limit.excess(value))
                    refuse(place, excess->code, excess->message);
        };
        if constexpr (is_optional<T>) {
            if (value) hold(*value, limits, place);
        } else {
            std::apply([&](const auto&... each) { (hold_to(each), ...); }, limits);
        }
    }

    /// Finds for each name the last member that has it; true when there is no other member.
    static bool find_members(const JsonNode& json, Names names, std::span<const JsonNode*> members);

    std::optional<WholeNumber> whole_number_of(const JsonNode& json, const JsonPlace& place);
    std::optional<std::int64_t>
    units_of(const JsonNode& json, std::size_t decimals, const JsonPlace& place);

    /// Which of the names a string is; which an object's tag is.
    std::optional<std::size_t> name_of(const JsonNode& json, Names names, const JsonPlace& place);
    std::optional<std::size_t>
    alternative_of(const JsonNode& json, std::string_view tag, Names names, const JsonPlace& place);

    // Each is false, as the reading is that it ends.
    bool refuse(const JsonPlace& place, std::string_view code, std::string_view message);
    bool refuse_all_but_strings(const JsonPlace& place);
    bool refuse_all_but_objects(const JsonPlace& place);
    bool refuse_range(const JsonPlace& place);
    bool refuse_missing(const JsonPlace& place);
    bool refuse_again(const JsonPlace& place);
    void refuse_others(const JsonNode& json, Names names, const JsonPlace& place);

    const Of of_;
    std::vector<FieldError> errors_;
};

}  // namespace domain
