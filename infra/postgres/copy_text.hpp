#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace infra::postgres {

/// A row as COPY … TO STDOUT writes it in its text format, taken apart. Of one thread.
class CopyRow {
  public:
    /// Of this line, which has to outlive the use.
    void split(std::string_view line);

    std::size_t size() const { return fields_.size(); }
    bool is_null(std::size_t field) const { return fields_[field] == "\\N"; }
    std::string text(std::size_t field) const;
    /// Throws std::invalid_argument if it is none.
    std::int64_t number(std::size_t field) const;
    bool truth(std::size_t field) const { return fields_[field] == "t"; }

  private:
    std::vector<std::string_view> fields_;  ///< as they are written, with their escapes
};

}  // namespace infra::postgres
