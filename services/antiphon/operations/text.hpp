#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/stream.hpp"

#include <span>
#include <string>

namespace services::antiphon {

/// What an operator names. SetupError, in one sentence, for what is none.

/// The id of a command, in the case that we keep.
std::string command_id(const std::string& text);

/// The aggregate of a category that this build has.
const domain::Aggregate&
aggregate_named(std::span<const domain::AggregatePtr> all, const std::string& category);

/// CATEGORY/ENTITY. An entity may have slashes; a category has none.
domain::StreamId stream_named(const std::string& text);

}  // namespace services::antiphon
