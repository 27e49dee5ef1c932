#pragma once

#include "domain/kernel/envelope.hpp"

#include <functional>
#include <optional>

namespace domain {

/// When the event of a version happened; nothing where there is none.
using TimeOfVersion = std::function<std::optional<Timestamp>(StreamVersion)>;

/// At which version a stream was at `time`: the newest whose event is not after it; 0 before the
/// first. Asks for some forty times at most, however long the stream is, since the times stand in
/// the order of the versions; where the clocks of two writers disagreed, it is one of those whose
/// event is not after it and the next one's is.
inline StreamVersion version_at(Timestamp time, const TimeOfVersion& time_of) {
    const auto reached = [&](std::int64_t version) {
        const auto happened = time_of({version});
        return happened && *happened <= time;
    };
    std::int64_t known = 0;
    std::int64_t beyond = 1;
    while (reached(beyond)) {
        known = beyond;
        beyond *= 2;
    }
    while (beyond - known > 1) {
        const std::int64_t middle = known + (beyond - known) / 2;
        (reached(middle) ? known : beyond) = middle;
    }
    return {known};
}

}  // namespace domain
