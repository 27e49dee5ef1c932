#pragma once

#include "infra/jwt/jwt_token_verifier.hpp"

#include <mutex>
#include <string>

namespace services::antiphon {

/// The file of the keys that tokens are checked with, which may be replaced at any time. Any
/// thread. It is small and read where it is asked for.
class KeyFile {
  public:
    KeyFile(infra::jwt::JwtTokenVerifier& verifier, std::string path)
        : verifier_(verifier), path_(std::move(path)) {}

    /// The verifier has what stands there now. A file that is bad or half written leaves the keys
    /// from before in force: domain::WorldError says so.
    void read();

    /// Which of its keys do not count.
    void tell_faults() const;

  private:
    infra::jwt::JwtTokenVerifier& verifier_;
    const std::string path_;
    std::mutex mutex_;
};

}  // namespace services::antiphon
