#pragma once

// What the compiler refuses of an aggregate that leaves open who may, each in one sentence.

#include "domain/kernel/access.hpp"

#include <concepts>
#include <string>
#include <type_traits>
#include <variant>

namespace domain::access_check {

template <class D>
concept SaysWhoMay = requires {
    D::access.grants;
};

template <class D>
concept SaysWhoReads = requires(const typename D::State& state, const Asked& asked) {
    { D::may_read(state, asked) } -> std::same_as<bool>;
};

template <class D, class... Commands>
consteval bool check_commands(std::type_identity<std::variant<Commands...>>) {
    using Rules = std::remove_cvref_t<decltype(D::access)>;
    static_assert(
        ((Rules::template rules_of<Commands> > 0) && ...),
        "a command of this aggregate has no rule that says who may: add allow<Command>(anyone()), "
        "or a stricter one, to its access"
    );
    static_assert(
        ((Rules::template rules_of<Commands> < 2) && ...),
        "a command of this aggregate has two rules that say who may: join them by && or ||"
    );
    return true;
}

template <class D>
consteval bool check() {
    static_assert(
        SaysWhoMay<D>,
        "this aggregate does not say who may send its commands: add static constexpr auto access = "
        "domain::access(domain::allow<Command>(domain::anyone())), or stricter rules"
    );
    static_assert(
        SaysWhoReads<D>,
        "this aggregate does not say who may read it: add static bool may_read(const State&, const "
        "domain::Asked&)"
    );
    if constexpr (SaysWhoMay<D>)
        return check_commands<D>(std::type_identity<typename D::Command>{});
    return true;
}

/// As the aggregate says; where it does not, check() has told.
template <class D, class Command>
Allowed may(const typename D::State* state, const Asked& asked) {
    if constexpr (SaysWhoMay<D>) return D::access.template may<Command>(asked, state);
    return Allowed::no;
}
template <class D, class Command>
std::string words() {
    if constexpr (SaysWhoMay<D>) return D::access.template words<Command>();
    return {};
}
template <class D>
bool may_read(const typename D::State& state, const Asked& asked) {
    if constexpr (SaysWhoReads<D>) return D::may_read(state, asked);
    return false;
}

}  // namespace domain::access_check
