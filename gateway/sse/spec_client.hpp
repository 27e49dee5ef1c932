#pragma once

#include "domain/ports/token_verifier.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <chrono>
#include <iterator>
#include <memory>
#include <string>

/// Who calls, and a client that reads bytes: for specs that serve on a port.
namespace gateway::sse::spec {

/// A token is its subject.
class TokenIsSubject final : public domain::TokenVerifier {
  public:
    std::variant<domain::VerifiedToken, domain::TokenRefusal>
    verify(std::string_view token, domain::Timestamp now) const override {
        domain::VerifiedToken verified;
        verified.issuer.subject = token;
        verified.expires = now + lifetime;
        verified.withdrawn = withdrawn;
        return verified;
    }

    std::chrono::milliseconds lifetime = std::chrono::hours(1);
    std::shared_ptr<std::atomic<bool>> withdrawn = std::make_shared<std::atomic<bool>>(false);
};

/// One connection of a client that reads raw bytes. HTTP/1.0, so that the body has no chunks.
class RawClient {
  public:
    RawClient(
        std::uint16_t port,
        const std::string& headers,
        const std::string& target,
        const std::string& method = "GET"
    )
        : stream_("127.0.0.1", std::to_string(port)) {
        stream_ << method << ' ' << target << " HTTP/1.0\r\n" << headers << "\r\n" << std::flush;
    }

    /// Everything from here to the end of `text`; less only when the stream ends.
    std::string read_to(const std::string& text) {
        stream_.expires_after(std::chrono::seconds(10));
        std::string read;
        char c = 0;
        while (!read.ends_with(text) && stream_.get(c)) read += c;
        return read;
    }

    std::string head() { return read_to("\r\n\r\n"); }

    std::string rest() {
        stream_.expires_after(std::chrono::seconds(10));
        return {std::istreambuf_iterator<char>(stream_), {}};
    }

  private:
    boost::asio::ip::tcp::iostream stream_;
};

}  // namespace gateway::sse::spec
