#pragma once

#include "domain/kernel/envelope.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

/// The claims that say what a user may; settings of an installation. A name that no claim has is a
/// path of members: `realm_access.roles`.
struct ClaimNames {
    std::string roles = "roles";  ///< a list of texts, or one
    std::string scope = "scope";  ///< words with spaces between (RFC 8693 4.2), or a list
    friend bool operator==(const ClaimNames&, const ClaimNames&) = default;
};

/// Who asks, and all else that a decision or an access rule may depend on besides command and
/// state. Everything in it was stored with the command, so a decision that is made again is the
/// same. Where an aggregate is read, there is no command: its id and correlation are empty.
struct Asked {
    Issuer user{};             ///< as the token said that was verified
    Timestamp time{};          ///< when the gateway took it
    std::string command_id{};  ///< UUID, canonical lower-case text
    std::string entity{};      ///< which aggregate of its category
    StreamVersion version{};   ///< how many events that one has
    std::string correlation_id{};
    ClaimNames claim_names{};

    /// Issuer and subject in one text, alike for no two users; see domain::user_key.
    std::string user_key() const { return domain::user_key(user); }

    bool has_role(std::string_view role) const;
    bool has_scope(std::string_view scope) const;

    /// The claim's text, if it has one. Only the claims that go with commands are there: see the
    /// setting `auth.claims`.
    std::optional<std::string> claim(std::string_view name) const;

    /// A fresh UUID (RFC 9562 5.5, of the command's id and `n`), the same again when the command is
    /// tried again. Who knows the command's id can compute it: it is a name, not a secret.
    std::string new_id(std::size_t n = 0) const;
};

}  // namespace domain
