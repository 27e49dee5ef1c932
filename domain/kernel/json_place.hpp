#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

/// A place in a JSON text, which becomes a JSON pointer (RFC 6901) when somebody asks. It lives no
/// longer than the place above it, and the name.
class JsonPlace {
  public:
    JsonPlace() = default;
    JsonPlace(const JsonPlace& above, std::string_view name) : above_(&above), name_(name) {}
    JsonPlace(const JsonPlace& above, std::size_t index) : above_(&above), index_(index) {}

    std::string pointer() const;

  private:
    const JsonPlace* above_ = nullptr;
    std::string_view name_{};
    std::optional<std::size_t> index_{};
};

}  // namespace domain
