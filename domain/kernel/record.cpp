#include "domain/kernel/record.hpp"

#include <algorithm>

namespace domain {

std::optional<std::string_view> find_header(const Record& record, std::string_view name) {
    auto found = std::ranges::find(record.headers, name, &Header::name);
    if (found == record.headers.end()) return std::nullopt;
    return found->value;
}

}  // namespace domain
