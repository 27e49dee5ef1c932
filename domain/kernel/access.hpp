#pragma once

// Who may. An aggregate says it beside its commands, and who may read it:
//
//     static bool is_owner(const State& state, const Asked& asked);
//     static constexpr auto access = domain::access(
//         allow<OpenAccount, DepositMoney>(anyone()),
//         allow<WithdrawMoney, CloseAccount>(only_if(is_owner))
//     );
//     static bool may_read(const State& state, const Asked& asked) { return is_owner(...); }
//
// Rules are joined by && and ||: allow<CancelInvoice>(role("clerk") || only_if(is_customer)).
// What the claims of the token alone forbid is refused at the edge, with 403; where the state has
// to be asked, too, the command is answered *rejected*, "forbidden".

#include "domain/kernel/asked.hpp"
#include "domain/kernel/result.hpp"

#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

namespace domain {

/// What a rule says. It depends, as long as the state is not known.
enum class Allowed { no, depends, yes };

constexpr Allowed allowed_if(bool holds) { return holds ? Allowed::yes : Allowed::no; }

/// Something of which rules are made: called with who asks, and with the state or with null.
struct AccessRule {
    /// Whom it allows, for people: "anyone", "(state or role clerk)".
    std::string words() const { return "own rule"; }
};
template <class T>
concept Rule = std::derived_from<T, AccessRule>;

/// Each user with a valid token.
struct Anyone : AccessRule {
    std::string words() const { return "anyone"; }
    template <class State>
    constexpr Allowed operator()(const Asked&, const State*) const {
        return Allowed::yes;
    }
};
constexpr Anyone anyone() { return {}; }

/// Users whose token says this role, in the claim of the setting `auth.roles_claim`.
struct HasRole : AccessRule {
    std::string_view role;
    std::string words() const { return "role " + std::string(role); }
    template <class State>
    Allowed operator()(const Asked& asked, const State*) const {
        return allowed_if(asked.has_role(role));
    }
};
constexpr HasRole role(std::string_view name) { return {{}, name}; }

/// Users whose token says this scope, in the claim of the setting `auth.scope_claim`.
struct HasScope : AccessRule {
    std::string_view scope;
    std::string words() const { return "scope " + std::string(scope); }
    template <class State>
    Allowed operator()(const Asked& asked, const State*) const {
        return allowed_if(asked.has_scope(scope));
    }
};
constexpr HasScope scope(std::string_view name) { return {{}, name}; }

/// Users of whom `holds(state, asked)` is true: "state", in words.
template <class Holds>
struct OnlyIf : AccessRule {
    Holds holds;
    std::string words() const { return "state"; }
    template <class State>
    Allowed operator()(const Asked& asked, const State* state) const {
        static_assert(
            std::is_invocable_r_v<bool, Holds, const State&, const Asked&>,
            "only_if takes what can be called as bool(const State&, const Asked&)"
        );
        return state ? allowed_if(holds(*state, asked)) : Allowed::depends;
    }
};
template <class Holds>
constexpr OnlyIf<Holds> only_if(Holds holds) {
    return {{}, holds};
}

/// Two rules, of which one that says `decisive` decides.
template <Allowed decisive, Rule A, Rule B>
struct JoinedRules : AccessRule {
    A a;
    B b;
    std::string words() const {
        const std::string between = decisive == Allowed::no ? " and " : " or ";
        return '(' + a.words() + between + b.words() + ')';
    }
    template <class State>
    Allowed operator()(const Asked& asked, const State* state) const {
        const Allowed first = a(asked, state);
        if (first == decisive) return first;
        const Allowed second = b(asked, state);
        return decisive == Allowed::no ? std::min(first, second) : std::max(first, second);
    }
};
template <Rule A, Rule B>
constexpr JoinedRules<Allowed::no, A, B> operator&&(A a, B b) {
    return {{}, a, b};
}
template <Rule A, Rule B>
constexpr JoinedRules<Allowed::yes, A, B> operator||(A a, B b) {
    return {{}, a, b};
}

/// The rule of these commands.
template <Rule R, class... Commands>
struct Grant {
    R rule;
    template <class Command>
    static constexpr bool covers = (std::same_as<Command, Commands> || ...);
};
template <class... Commands, Rule R>
constexpr Grant<R, Commands...> allow(R rule) {
    return {rule};
}

/// The rules of an aggregate: one for each of its commands.
template <class... Grants>
struct Access {
    std::tuple<Grants...> grants;

    /// How many rules a command has.
    template <class Command>
    static constexpr int rules_of = (Grants::template covers<Command> + ... + 0);

    template <class Command, class State>
    Allowed may(const Asked& asked, const State* state) const {
        Allowed answer = Allowed::no;
        const auto ask = [&]<class R, class... Commands>(const Grant<R, Commands...>& grant) {
            if constexpr (Grant<R, Commands...>::template covers<Command>)
                answer = grant.rule(asked, state);
        };
        std::apply([&](const auto&... each) { (ask(each), ...); }, grants);
        return answer;
    }

    template <class Command>
    std::string words() const {
        std::string words;
        const auto ask = [&]<class R, class... Commands>(const Grant<R, Commands...>& grant) {
            if constexpr (Grant<R, Commands...>::template covers<Command>)
                words = grant.rule.words();
        };
        std::apply([&](const auto&... each) { (ask(each), ...); }, grants);
        return words;
    }
};
template <class... Grants>
constexpr Access<Grants...> access(Grants... grants) {
    return {{grants...}};
}

/// What who may not is told.
inline Rejection forbidden() { return {"forbidden", "You may not do this."}; }

}  // namespace domain
