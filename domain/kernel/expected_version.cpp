#include "domain/kernel/expected_version.hpp"

#include <algorithm>

namespace domain {
namespace {

/// A set is -2 - (its smallest version << 15 | a bit for each version above it that belongs to it).
constexpr std::int64_t version_max = (std::int64_t{1} << (62 - expected_versions_span)) - 1;

std::int64_t smallest(StreamVersion set) { return (-2 - set.value) >> expected_versions_span; }

bool has_above_smallest(StreamVersion set, std::int64_t distance) {
    return ((-2 - set.value) >> (distance - 1) & 1) != 0;
}

}  // namespace

std::optional<StreamVersion> expect_versions(std::span<const StreamVersion> versions) {
    const auto [low, high] = std::minmax_element(versions.begin(), versions.end());
    if (*low == *high) return *low;
    if (high->value - low->value > expected_versions_span || high->value > version_max)
        return std::nullopt;
    std::int64_t above = 0;
    for (const StreamVersion version : versions) {
        if (version > *low) above |= std::int64_t{1} << (version.value - low->value - 1);
    }
    return StreamVersion{-2 - (low->value << expected_versions_span | above)};
}

bool expects(StreamVersion expected, StreamVersion actual) {
    if (expected.value >= 0) return actual == expected;
    if (expected == any_version) return actual.value > 0;
    const std::int64_t distance = actual.value - smallest(expected);
    if (distance < 0 || distance > expected_versions_span) return false;
    return distance == 0 || has_above_smallest(expected, distance);
}

std::string describe_expected(StreamVersion expected) {
    if (expected == any_version) return "any version above 0";
    const bool one = expected.value >= 0;
    std::string text = "version " + std::to_string(one ? expected.value : smallest(expected));
    for (int distance = 1; !one && distance <= expected_versions_span; ++distance) {
        if (has_above_smallest(expected, distance))
            text += " or " + std::to_string(smallest(expected) + distance);
    }
    return text;
}

}  // namespace domain
