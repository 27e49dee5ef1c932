#pragma once

#include <string_view>

namespace infra::jwt {

/// May this text of a key file be the secret of HS256? Yes for one line as generators make them
/// (base64, hex, a password), and for bytes that are no text. No for what is known to others and
/// may come to stand there: public keys in any coding, whole or cut off, JSON, pages, URLs.
bool may_be_secret(std::string_view text);

}  // namespace infra::jwt
