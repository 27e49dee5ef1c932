#include "infra/jwt/algorithm.hpp"

#include "domain/kernel/error.hpp"

#include <algorithm>

namespace infra::jwt {
namespace {

constexpr Algorithm all[] = {Algorithm::hs256, Algorithm::rs256, Algorithm::es256};

}  // namespace

std::string_view name_of(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::hs256:
            return "HS256";
        case Algorithm::rs256:
            return "RS256";
        case Algorithm::es256:
            return "ES256";
    }
    return "";
}

std::vector<Algorithm> parse_algorithms(std::span<const std::string> names) {
    std::vector<Algorithm> algorithms;
    for (const std::string& name : names) {
        const auto* found = std::find_if(std::begin(all), std::end(all), [&](Algorithm algorithm) {
            return name == name_of(algorithm);
        });
        if (found == std::end(all)) {
            throw domain::SetupError(
                "there is no token algorithm \"" + name + "\"; give HS256, RS256 or ES256"
            );
        }
        algorithms.push_back(*found);
    }
    if (algorithms.empty())
        throw domain::SetupError("auth.algorithm is empty; give HS256, RS256 or ES256");
    return algorithms;
}

std::string names_of(std::span<const Algorithm> algorithms) {
    std::string names;
    for (const Algorithm algorithm : algorithms) {
        if (!names.empty()) names += " or ";
        names += name_of(algorithm);
    }
    return names;
}

}  // namespace infra::jwt
