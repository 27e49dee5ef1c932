#pragma once

#include <chrono>
#include <string_view>

namespace services::embedded_broker {

/// The first to join a group that has no members waits so long for others, instead of the 3 s that
/// the mock cluster always takes and that this librdkafka has no setting for.
void wait_for_others(std::chrono::milliseconds time);

/// Has to be told each line of the mock cluster's debug log, on the thread that writes it.
void follow_groups(std::string_view line);

}  // namespace services::embedded_broker
