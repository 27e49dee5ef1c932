#pragma once

#include "domain/kernel/aggregate.hpp"

#include <exception>
#include <functional>
#include <new>
#include <optional>
#include <span>
#include <string>

namespace domain {

/// What `act` threw, whatever it is; nothing if it did not. But where memory ends that is thrown
/// on: what others left there may be what fills it, and only another process begins without it.
template <class Act>
std::optional<std::string> thrown_by(Act act) {
    try {
        act();
        return std::nullopt;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& thrown) {
        return thrown.what();
    } catch (...) {
        return "threw something that is no std::exception";
    }
}

/// Folds the next events of a stream into `state`, in pieces that are soon done; `before` each one
/// somebody is told, who can then see whether this gets on. Returns, for an operator, why a piece
/// cannot be folded; the ones before it are in `state` then.
std::optional<std::string> fold_in_pieces(
    const Aggregate& aggregate,
    Folded& state,
    std::span<const EventEnvelope> events,
    const std::function<void()>& before
);

}  // namespace domain
