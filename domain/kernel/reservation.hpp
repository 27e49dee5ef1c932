#pragma once

// What no two aggregates of a category may have at the same time: an e-mail, a user name. The
// aggregate says which keys are its own in a state:
//
//     static Reservations reserves(const State& state) { return {{"email", state.email}}; }
//
// The event after which a key is there takes it, and the one after which it is not frees it, each
// in its own transaction. A command that would take what another has is *rejected*, `taken`. Keys
// are compared byte by byte: what is one to people (upper and lower case) the aggregate makes one.

#include "domain/kernel/names.hpp"
#include "domain/kernel/result.hpp"

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

inline constexpr std::size_t key_bytes_max = 256;
inline constexpr std::size_t keys_max = 100;  ///< of one aggregate

/// What a key is, "email". The same text in two scopes, or of two categories, is two keys.
class Scope {
  public:
    consteval Scope(const char* name) : name_(name) {
        if (!is_message_name(name_)) throw "a scope is 1 to 100 letters, digits and ._-";
    }
    constexpr std::string_view name() const { return name_; }

  private:
    std::string_view name_;
};

struct Reservation {
    Scope scope;
    std::string key;  ///< empty: nothing is reserved
};
using Reservations = std::vector<Reservation>;

template <class D>
concept Reserves = requires(const typename D::State& state) {
    { D::reserves(state) } -> std::same_as<Reservations>;
};

/// Has it anything of that name at all?
template <class D>
concept NamesReserves = requires {
    &D::reserves;
};

/// A key that a stream takes with an event, or frees.
struct KeyChange {
    enum class What : bool { frees, takes } what{};
    std::string scope;
    std::string key;
    friend auto operator<=>(const KeyChange&, const KeyChange&) = default;
};

/// What an event changes that leads from one state to another: frees, then takes, each key once.
/// A rejection where a key cannot be one: `invalid-key`, longer than 256 bytes or not printable; or
/// where there are more than a hundred, `too-many-keys`.
Result<std::vector<KeyChange>> key_changes(const Reservations& before, const Reservations& after);

/// Of a command that wants a key of another.
Rejection taken(std::string_view scope);

}  // namespace domain
