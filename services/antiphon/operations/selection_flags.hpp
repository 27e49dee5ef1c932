#pragma once

#include "services/operations/selection.hpp"

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace services::antiphon {

/// The flags by which an operator selects events.
struct SelectionFlags {
    std::string category{};
    std::string stream{};
    std::string user{};
    std::vector<std::string> types{};
    std::string from{};
    std::string to{};

    /// What they say. SetupError for what cannot be.
    operations::Selection selection() const;

    /// All that they say, in one line, the same for the same.
    std::string text() const;
};

/// --category, --stream, --user, --type; and with `bounds` --from and --to.
void add_flags(CLI::App& app, SelectionFlags& flags, bool bounds);

}  // namespace services::antiphon
