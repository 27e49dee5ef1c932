#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace infra::postgres {

/// Values as one array parameter of a statement, in PostgreSQL's text form: {"a",NULL,"b \" c"}.
class ArrayText {
  public:
    /// Throws std::invalid_argument on a NUL, which PostgreSQL's text cannot hold.
    void add(std::string_view text);
    void add(std::int64_t number);
    void add(bool truth);
    void add(const char*) = delete;
    void add_null();

    std::string take() &&;

  private:
    void separate();
    std::string text_ = "{";
};

}  // namespace infra::postgres
