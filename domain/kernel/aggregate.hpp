#pragma once

#include "domain/kernel/access.hpp"
#include "domain/kernel/asked.hpp"
#include "domain/kernel/contract.hpp"
#include "domain/kernel/envelope.hpp"
#include "domain/kernel/event_shape.hpp"
#include "domain/kernel/reservation.hpp"
#include "domain/kernel/result.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

/// State of some aggregate, folded from its events. Only that aggregate knows the type inside.
/// Null stands for the state before the first event. Never changed once made, so it may be shared.
using Folded = std::shared_ptr<const void>;

/// What a command comes to: the events, and the state after them.
struct Decided {
    std::vector<NewEvent> events;
    Folded state;
};

/// An aggregate as the rest of the system sees it: JSON in, JSON out, no types of its own. Without
/// state, so one object serves every thread. A throw from fold() or decide() is a fault of the
/// aggregate (or of its stored history) and makes the command *failed*.
class Aggregate {
  public:
    virtual ~Aggregate() = default;

    virtual std::string_view category() const = 0;

    /// The names that its commands have in the URL, in the order of its variant.
    virtual std::vector<std::string_view> commands() const = 0;

    /// Is `data` a body of this command? Nothing if it is; else what stands against it, field by
    /// field. Code "unknown-command" when there is none of this name. Never throws on bad input.
    virtual std::optional<Rejection> check(std::string_view name, std::string_view data) const = 0;

    /// Its messages and its state, for others to read; nothing if it does not say. A schema that
    /// refers to itself stands at `home` and its name, as a URI: "account.command.open",
    /// "account.event.opened", "account.state".
    virtual Contract contract(std::string_view /*home*/) const { return {}; }

    /// How its events look, in the order of its variant; nothing if it does not say.
    virtual std::vector<EventShape> events() const { return {}; }
    /// Reads a stored event as fold() does, without a state, and throws as fold() does.
    virtual void read(std::string_view /*type*/, std::string_view /*data*/) const {}

    /// The state after `events`, which follow on those folded into `from`.
    virtual Folded fold(Folded from, std::span<const EventEnvelope> events) const = 0;

    /// May whoever asks send this command, as far as can be said without the state?
    virtual Allowed may(std::string_view name, const Asked& asked) const = 0;
    /// May they, in this state?
    virtual bool may(std::string_view name, const Folded& state, const Asked& asked) const = 0;
    /// May they see this state?
    virtual bool may_read(const Folded& state, const Asked& asked) const = 0;

    /// The keys that are its own in this state.
    virtual Reservations reserves(const Folded& /*state*/) const { return {}; }

    /// Whether they may is not asked here.
    virtual Result<Decided> decide(
        std::string_view name,
        std::string_view data,
        const Folded& state,
        const Asked& asked
    ) const = 0;

    /// The state as JSON, for people and user interfaces.
    virtual Payload state(const Folded& state) const = 0;

    /// Under what its states are kept: another word where a state that was kept before would not be
    /// what this build folds of the same events. Empty: they cannot be kept.
    virtual std::string state_form() const { return {}; }
    /// All of the state as JSON, to be kept. Throws where it would not come back as it is.
    virtual Payload snapshot(const Folded& /*state*/) const { return {}; }
    /// And back. Throws where that is no state.
    virtual Folded restore(std::string_view /*snapshot*/) const { return {}; }
};
using AggregatePtr = std::unique_ptr<const Aggregate>;

/// Every aggregate found under domain/ when this was built. SetupError as checked() throws it.
std::vector<AggregatePtr> all_aggregates();

/// `all`, if they can live together: SetupError when two have one category, so that one would take
/// the other's commands, or when a name cannot stand in URLs and names of topics.
std::vector<AggregatePtr> checked(std::vector<AggregatePtr> all);

/// The aggregate of this category, or null.
const Aggregate* find_aggregate(std::span<const AggregatePtr> all, std::string_view category);

}  // namespace domain
