#include "infra/jwt/claims.hpp"

#include "infra/jwt/strict_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace infra::jwt {
namespace {

using Json = nlohmann::json;
using domain::TokenRefusal;
using Refusal = std::optional<TokenRefusal>;

/// They travel with every command and every event that comes of it.
constexpr std::size_t kept_max_bytes = 4 * 1024;
constexpr std::size_t name_max_bytes = 255;
constexpr double time_max_seconds = 253402300800;  // the year 10000

/// Seconds since 1970; RFC 7519 lets them have a fraction.
std::optional<double> time_claim(const Json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_number()) return std::nullopt;
    return found->get<double>();
}

Refusal refuse_times(const Json& claims, const ClaimRules& rules, double now) {
    const auto leeway = static_cast<double>(rules.leeway.count());
    const auto expires = time_claim(claims, "exp");
    if (!expires || !(*expires > 0 && *expires < time_max_seconds))
        return TokenRefusal{"The token must say when it expires (exp)."};
    if (now >= *expires + leeway) return TokenRefusal{"The token has expired."};
    if (claims.contains("nbf")) {
        const auto from = time_claim(claims, "nbf");
        if (!from || now < *from - leeway) return TokenRefusal{"The token is not valid yet."};
    }
    const auto issued = time_claim(claims, "iat");
    if (claims.contains("iat") && !issued)
        return TokenRefusal{"The token must say by a number when it was issued (iat)."};
    const auto lifetime_max = static_cast<double>(rules.lifetime_max.count());
    const bool too_long =
        *expires - now > lifetime_max + leeway || (issued && *expires - *issued > lifetime_max);
    if (lifetime_max > 0 && too_long) {
        return TokenRefusal{
            "The token is valid for too long (exp): " + std::to_string(rules.lifetime_max.count()) +
            " seconds are the most."};
    }
    return std::nullopt;
}

/// 1 to 255 bytes without control characters, of ASCII or (in UTF-8) of Latin-1: it goes to logs
/// and headers.
bool is_name(const std::string& text) {
    if (text.empty() || text.size() > name_max_bytes) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7f) return false;
        const bool latin_1 = byte == 0xc2 && i + 1 < text.size();
        if (latin_1 && static_cast<unsigned char>(text[i + 1]) < 0xa0) return false;
    }
    return true;
}

std::string text_claim(const Json& claims, const char* name) {
    const auto found = claims.find(name);
    return found != claims.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_for(const Json& claims, const std::string& audience) {
    const auto found = claims.find("aud");
    if (found == claims.end()) return false;
    if (found->is_array()) return std::find(found->begin(), found->end(), audience) != found->end();
    return *found == audience;
}

Refusal refuse_names(const Json& claims, const ClaimRules& rules) {
    const std::string issuer = text_claim(claims, "iss");
    if (!rules.issuer.empty() && issuer != rules.issuer)
        return TokenRefusal{"The token is of another issuer (iss)."};
    if (claims.contains("iss") && (!is_name(issuer) || issuer.find(' ') != issuer.npos)) {
        return TokenRefusal{
            "The token must name its issuer (iss), if at all, in 1 to 255 bytes without spaces and "
            "control characters."};
    }
    if (!rules.audience.empty() && !is_for(claims, rules.audience))
        return TokenRefusal{"The token is for another audience (aud)."};
    if (!is_name(text_claim(claims, "sub"))) {
        return TokenRefusal{
            "The token must name its user (sub) in 1 to 255 bytes without control characters."};
    }
    return std::nullopt;
}

/// Copies what stands at `path`, in the objects around it. A name that has dots itself (such as a
/// URL) is not taken for a path where there is such a claim.
void keep(const Json& from, std::string_view path, Json& to) {
    if (!from.is_object()) return;
    if (const auto whole = from.find(path); whole != from.end()) {
        to[std::string(path)] = *whole;
        return;
    }
    const std::size_t dot = path.find('.');
    if (dot == path.npos) return;
    const auto inner = from.find(path.substr(0, dot));
    if (inner == from.end()) return;
    Json kept = to.value(std::string(path.substr(0, dot)), Json::object());
    keep(*inner, path.substr(dot + 1), kept);
    if (!kept.empty()) to[std::string(path.substr(0, dot))] = std::move(kept);
}

}  // namespace

std::variant<domain::VerifiedToken, TokenRefusal>
read_claims(std::string_view json, const ClaimRules& rules, domain::Timestamp now) {
    if (!is_strict_object(json))
        return TokenRefusal{"The token's claims are not a JSON object with each name once."};
    const Json claims = Json::parse(json);
    const std::chrono::duration<double> since_1970 = now.time_since_epoch();
    if (auto refusal = refuse_times(claims, rules, since_1970.count())) return *refusal;
    if (auto refusal = refuse_names(claims, rules)) return *refusal;

    Json kept = Json::object();
    for (const std::string& path : rules.kept) keep(claims, path, kept);
    std::string text = kept.dump();
    if (text.size() > kept_max_bytes) {
        return TokenRefusal{
            "The token's claims that go on with a command are longer than 4 KiB together."};
    }
    const std::chrono::duration<double> until =
        std::chrono::duration<double>(*time_claim(claims, "exp")) + rules.leeway;
    domain::VerifiedToken token;
    token.issuer = {text_claim(claims, "sub"), std::move(text), text_claim(claims, "iss")};
    token.expires =
        domain::Timestamp(std::chrono::duration_cast<domain::Timestamp::duration>(until));
    return token;
}

}  // namespace infra::jwt
