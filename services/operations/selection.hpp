#pragma once

#include "domain/kernel/envelope.hpp"

#include <optional>
#include <string>
#include <vector>

namespace services::operations {

/// Which events of the log. What is not said does not restrict.
struct Selection {
    std::string category;
    std::string entity;              ///< with a category
    std::string user;                ///< who caused them, by user_key()
    std::vector<std::string> types;  ///< any of these
    domain::Position after;          ///< exclusive
    std::optional<domain::Position> up_to;
    std::optional<domain::Timestamp> from;
    std::optional<domain::Timestamp> before;

    bool holds(const domain::EventEnvelope& event) const;
    friend bool operator==(const Selection&, const Selection&) = default;
};

}  // namespace services::operations
