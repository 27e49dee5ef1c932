#pragma once

namespace services::antiphon {

/// `antiphon <role> [--setting value …]`: gathers the settings, runs the role until it ends, and
/// returns the exit code. What the operator has to mend is one line on stderr, and 1.
int run(int count, const char* const* arguments);

}  // namespace services::antiphon
