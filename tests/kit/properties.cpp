#include "tests/kit/properties.hpp"

#include <cstdlib>
#include <random>
#include <string>

namespace kit {

std::uint64_t first_seed() {
    const char* given = std::getenv("ANTIPHON_SEED");
    return given != nullptr ? std::stoull(given) : std::random_device{}();
}

}  // namespace kit
