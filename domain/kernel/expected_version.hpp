#pragma once

#include "domain/kernel/stream.hpp"

#include <optional>
#include <span>
#include <string>

/// The versions at which a command is meant to find its stream, in the one number that the store
/// and Kafka have for it: n for version n; -1 for any but 0, the stream exists; below that, a set
/// of versions that lie close together. A worker that is older than this expects a version below 0,
/// which no stream has, and so rejects the command: it never carries it out against its condition.
namespace domain {

constexpr StreamVersion any_version{-1};
constexpr int expected_versions_span = 15;

/// The number for these versions, of which there is at least one, in any order; nothing where the
/// largest is more than `expected_versions_span` above the smallest, or one too large to be real.
std::optional<StreamVersion> expect_versions(std::span<const StreamVersion> versions);

bool expects(StreamVersion expected, StreamVersion actual);

/// "version 3", "version 3 or 4", "any version above 0".
std::string describe_expected(StreamVersion expected);

}  // namespace domain
