#pragma once

#include "services/antiphon/command.hpp"

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

/// What an operator does now and then, one file each; its description says what.
Command::Run prepare_check_history(CLI::App& flags);
Command::Run prepare_dead_letters(CLI::App& flags);
Command::Run prepare_export(CLI::App& flags);
Command::Run prepare_history(CLI::App& flags);
Command::Run prepare_import(CLI::App& flags);
Command::Run prepare_incarnation(CLI::App& flags);
Command::Run prepare_partitions(CLI::App& flags);
Command::Run prepare_replay(CLI::App& flags);
Command::Run prepare_reserve(CLI::App& flags);
Command::Run prepare_skip(CLI::App& flags);
Command::Run prepare_status(CLI::App& flags);
Command::Run prepare_subscribe(CLI::App& flags);
Command::Run prepare_token(CLI::App& flags);
Command::Run prepare_verify(CLI::App& flags);
Command::Run prepare_what_if(CLI::App& flags);

}  // namespace services::antiphon
