#include "tests/kit/member.hpp"

#include "domain/kernel/wire.hpp"

namespace kit::club {

using domain::Rejection;
using Events = std::vector<Member::Event>;

domain::Decision<Member::Event> Member::decide(const Command& command, const State& state) {
    if (const auto* join = std::get_if<Join>(&command)) {
        if (state.email == join->email) return Events{};
        if (!state.email.empty()) return Rejection{"already-joined", "This is a member."};
        return Events{Joined{join->email}};
    }
    if (const auto* change = std::get_if<ChangeEmail>(&command)) {
        if (state.email.empty()) return Rejection{"not-joined", "This is no member."};
        if (state.email == change->email) return Events{};
        return Events{EmailChanged{change->email}};
    }
    return state.email.empty() ? Events{} : Events{Left{}};
}

Member::State Member::evolve(State state, const Event& event) {
    if (const auto* joined = std::get_if<Joined>(&event)) state.email = joined->email;
    if (const auto* changed = std::get_if<EmailChanged>(&event)) state.email = changed->email;
    if (std::holds_alternative<Left>(event)) state.email.clear();
    return state;
}

}  // namespace kit::club

namespace domain {
using namespace kit::club;

template <>
inline constexpr auto wire<Join> = message("join", field("email", &Join::email));
template <>
inline constexpr auto wire<ChangeEmail> =
    message("change-email", field("email", &ChangeEmail::email));
template <>
inline constexpr auto wire<Leave> = message("leave");

template <>
inline constexpr auto wire<Joined> = message("joined", field("email", &Joined::email));
template <>
inline constexpr auto wire<EmailChanged> =
    message("email-changed", field("email", &EmailChanged::email));
template <>
inline constexpr auto wire<Left> = message("left");

template <>
inline constexpr auto wire<Member::State> = object(field("email", &Member::State::email));

AggregatePtr member_aggregate() { return std::make_unique<WiredAggregate<Member>>(); }

}  // namespace domain
