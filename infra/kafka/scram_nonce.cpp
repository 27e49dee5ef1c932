// librdkafka before 2.6.1 (its issue 4895) ends SCRAM with its own nonce twice, and Apache Kafka 4
// refuses that, as RFC 5802 wants. It writes the message with snprintf and signs it with HMAC; a
// program that has these two instead sends the nonce once. The message keeps its length, which has
// been decided before: what is left over becomes an extension, which Kafka reads over and does not
// sign. Nothing else that calls the two is touched, nor is a librdkafka that does it right.
//
// ThreadSanitizer would see what all of librdkafka prints, and nothing of what orders its threads:
// there, it goes without, and without SCRAM.
#if !defined(__SANITIZE_THREAD__)

#include <openssl/hmac.h>

#include <algorithm>
#include <cstdarg>
#include <dlfcn.h>
#include <string_view>

namespace {

constexpr std::string_view message_format = "c=%s,r=%.*s%s";
constexpr std::string_view extension =
    ",x=--------------------------------------------------------";

/// The extension in the message that this thread has just written; the two calls that sign follow.
thread_local std::string_view left_over;

using Hmac = decltype(&HMAC);

}  // namespace

extern "C" {

int __vsnprintf_chk(char*, size_t, int, size_t, const char*, va_list);

// NOLINTNEXTLINE(bugprone-reserved-identifier): what snprintf is called in a hardened library
int __snprintf_chk(char* text, size_t size, int flag, size_t room, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    const int length = __vsnprintf_chk(text, size, flag, room, format, arguments);
    if (format == message_format && length > 0 && static_cast<size_t>(length) < size) {
        va_arg(again, const char*);
        const auto own = static_cast<size_t>(va_arg(again, int));
        va_arg(again, const char*);
        const std::string_view nonce = va_arg(again, const char*);
        // From four characters on, it is an extension.
        if (own > 3 && own <= extension.size()) {
            left_over = extension.substr(0, own);
            char* const at = text + length - own - nonce.size();
            std::ranges::copy(left_over, std::ranges::copy(nonce, at).out);
        }
    }
    va_end(again);
    va_end(arguments);
    return length;
}

unsigned char* HMAC(
    const EVP_MD* hash,
    const void* key,
    int key_size,
    const unsigned char* data,
    size_t size,
    unsigned char* digest,
    unsigned int* digest_size
) {
    static const auto real = reinterpret_cast<Hmac>(dlsym(RTLD_NEXT, "HMAC"));
    const std::string_view text(reinterpret_cast<const char*>(data), data ? size : 0);
    if (!left_over.empty() && text.ends_with(left_over)) size -= left_over.size();
    return real(hash, key, key_size, data, size, digest, digest_size);
}
}

#endif
