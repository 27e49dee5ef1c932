#include "bench/load/token.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <stdexcept>

namespace bench {
namespace {

std::string base64url(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()),
        static_cast<int>(bytes.size())
    );
    text.resize(static_cast<std::size_t>(size));
    while (text.ends_with('=')) text.pop_back();
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

}  // namespace

std::string mint_token(std::string_view key, std::string_view subject) {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                         std::chrono::system_clock::now().time_since_epoch()
    )
                         .count();
    const std::string claims = R"({"sub":")" + std::string(subject) + R"(","iat":)" +
                               std::to_string(now) + R"(,"exp":)" +
                               std::to_string(now + 24 * 60 * 60) + "}";
    const std::string signed_part =
        base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + base64url(claims);
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned int size = 0;
    if (HMAC(
            EVP_sha256(),
            key.data(),
            static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(signed_part.data()),
            signed_part.size(),
            mac.data(),
            &size
        ) == nullptr) {
        throw std::runtime_error("HMAC failed");
    }
    return signed_part + "." + base64url({reinterpret_cast<const char*>(mac.data()), size});
}

}  // namespace bench
