#pragma once

// States that are kept, so that a long history need not be folded from its first event on: all of
// a state as JSON, hidden fields included, and back.
//
// A kept state is read again only by a build that would have written it under the same form. That
// is made of what the state's description says. It cannot see what evolve does, nor what history<D>
// makes of events of old; whoever changes there what comes of events that are stored says
//
//     static constexpr int state_revision = 2;  // without it: 1
//
// in the aggregate, and states of before are passed over.

#include "domain/kernel/decider.hpp"
#include "domain/kernel/wire_check.hpp"
#include "domain/kernel/wire_message.hpp"
#include "domain/kernel/wire_reader.hpp"
#include "domain/kernel/wire_shape.hpp"
#include "domain/kernel/wire_writer.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace domain {

namespace snapshots {

template <class Owner, class Member, class... Limits>
std::type_identity<Member> member_of(const Field<Owner, Member, Limits...>&);
template <class Owner, class Member>
std::type_identity<Member> member_of(const Hidden<Owner, Member>&);

/// Does JSON hold all of it? What is not hidden the compiler has found to be so; what is may be of
/// any type. `Above` are the structs that are being looked at.
template <class T, class... Above>
consteval bool is_whole() {
    if constexpr ((std::same_as<T, Above> || ...)) {
        return true;
    } else if constexpr (Described<T>) {
        return std::is_aggregate_v<T> &&
               std::apply(
                   [](const auto&... field) {
                       return (
                           is_whole<typename decltype(member_of(field))::type, T, Above...>() && ...
                       );
                   },
                   wire<T>.fields
               ) &&
               std::tuple_size_v<decltype(WireOf<T>::fields)> == wire_check::fields_of<T>();
    } else if constexpr (TaggedVariant<T>) {
        return []<class... Structs>(std::type_identity<std::variant<Structs...>>) {
            return (is_whole<Structs, Above...>() && ...);
        }(std::type_identity<T>{});
    } else if constexpr (!std::is_void_v<typename Held<T>::type>) {
        using Inner = typename Held<T>::type;
        if constexpr (!std::is_void_v<typename Held<T>::key>)
            if (!WireText<typename Held<T>::key>) return false;
        return !is_optional<Inner> && is_whole<Inner, Above...>();
    } else {
        return std::same_as<T, bool> || WireInteger<T> || WireDecimal<T> || WireText<T>;
    }
}

template <Decider D>
constexpr int revision() {
    if constexpr (requires { D::state_revision; }) return D::state_revision;
    return 1;
}

/// FNV-1a, 64 bits, in hexadecimal digits: a short name for a text of ours.
inline std::string digest_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    std::string digits(16, '0');
    for (std::size_t i = 0; i < digits.size(); ++i)
        digits[i] = "0123456789abcdef"[hash >> (60 - 4 * i) & 15];
    return digits;
}

}  // namespace snapshots

/// Under what states of this aggregate are kept; empty if they cannot be, since a hidden field is
/// of a type that JSON does not hold.
template <Decider D>
std::string state_form() {
    if constexpr (snapshots::is_whole<typename D::State>())
        return std::to_string(snapshots::revision<D>()) + '-' +
               snapshots::digest_of(ShapeOf<typename D::State>::shape());
    return {};
}

/// std::runtime_error, for an operator, where that is no such state.
template <class State>
State restore_state(std::string_view json) {
    State state{};
    JsonReader reader(JsonReader::Of::history);
    reader.read(JsonDocument(json), state);
    if (!reader.errors().empty()) {
        const auto& error = reader.errors().front();
        throw std::runtime_error("field \"" + error.location + "\": " + error.message);
    }
    return state;
}

/// std::runtime_error, for an operator, where it would not come back as it is.
template <class State>
Payload write_state(const State& state) {
    const auto write = [](const State& any) {
        JsonWriter writer(JsonWriter::Of::snapshot);
        writer.write(any, {});
        if (const auto& fault = writer.fault())
            throw std::runtime_error("field \"" + fault->location + "\": " + fault->why);
        return std::move(writer).text();
    };
    Payload json = write(state);
    if (write(restore_state<State>(json)) != json)
        throw std::runtime_error("it does not come back from JSON as it was");
    return json;
}

}  // namespace domain
