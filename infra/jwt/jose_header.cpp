#include "infra/jwt/jose_header.hpp"

#include "infra/jwt/strict_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace infra::jwt {
namespace {

using Json = nlohmann::json;
using domain::TokenRefusal;

/// `application/` may be left out of a media type (RFC 7515 4.1.9), and its case says nothing.
std::string media_type(const Json& value) {
    if (!value.is_string()) return {};
    auto type = value.get<std::string>();
    for (char& c : type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    constexpr std::string_view prefix = "application/";
    return type.starts_with(prefix) ? type.substr(prefix.size()) : type;
}

}  // namespace

std::variant<JoseHeader, TokenRefusal>
read_header(std::string_view json, std::span<const Algorithm> algorithms) {
    if (!is_strict_object(json)) return TokenRefusal{"The token is not a JSON Web Token."};
    const Json header = Json::parse(json);
    const auto wanted = std::find_if(algorithms.begin(), algorithms.end(), [&](Algorithm one) {
        return header.value("alg", Json()) == std::string(name_of(one));
    });
    if (wanted == algorithms.end())
        return TokenRefusal{"The token must be signed with " + names_of(algorithms) + "."};
    if (header.contains("crit")) {
        return TokenRefusal{
            "The token has header parameters that must be understood (crit), and none are here."};
    }
    // What would turn it off has to stand in `crit`, too (RFC 7797 6).
    if (header.contains("b64") && header["b64"] != true)
        return TokenRefusal{"The token's claims must be in base64url (b64)."};
    if (header.contains("typ")) {
        const std::string type = media_type(header["typ"]);
        if (type != "jwt" && type != "at+jwt")
            return TokenRefusal{"The token's type (typ) must be JWT or at+jwt, or left out."};
    }
    if (header.contains("cty") && media_type(header["cty"]) == "jwt")
        return TokenRefusal{"The token holds another one (cty): send the inner one."};
    if (!header.contains("kid")) return JoseHeader{*wanted, std::nullopt};
    if (!header["kid"].is_string())
        return TokenRefusal{"The token must name its key (kid) by a text."};
    return JoseHeader{*wanted, header["kid"].get<std::string>()};
}

}  // namespace infra::jwt
