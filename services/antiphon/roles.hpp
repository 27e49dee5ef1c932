#pragma once

#include "services/antiphon/settings.hpp"

namespace services::antiphon {

/// The roles, one file each. They return when the process is told to stop, and throw
/// domain::SetupError when the operator has to act.
void run_migrate(const Settings& settings);
void run_rotate_keys(const Settings& settings);
void run_command_gateway(const Settings& settings);
void run_sse_gateway(const Settings& settings);
void run_relay(const Settings& settings);
void run_worker(const Settings& settings);
void run_dev(const Settings& settings);

/// Folds all stored streams, or those of `settings.checked_category`, and prints what cannot be.
void run_check_history(const Settings& settings);

/// Reserves what the streams of `settings.checked_category` have by this build, and no more.
void run_reserve(const Settings& settings);

/// Marks the command `settings.skipped_id`: workers fail it as soon as they come to it.
void run_skip(const Settings& settings);

/// Prints a token for `settings.token`.
void run_token(const Settings& settings);

}  // namespace services::antiphon
