#include "services/antiphon/key_file.hpp"

#include "domain/kernel/error.hpp"
#include "infra/jwt/jwt_key.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>

namespace services::antiphon {

void KeyFile::read() try {
    const std::lock_guard lock(mutex_);
    std::error_code gone;
    if (!std::filesystem::is_regular_file(path_, gone))  // to open a pipe might take for ever
        throw domain::SetupError("there is no such file; put one there");
    if (!verifier_.use(infra::jwt::load_key(path_))) return;
    spdlog::info("the keys of tokens are those of {} as it is now", path_);
    tell_faults();
} catch (const domain::SetupError& error) {
    throw domain::WorldError(
        path_ + " is not taken, and the keys from before stay in force: " + error.what()
    );
}

void KeyFile::tell_faults() const {
    for (const std::string& fault : verifier_.faults())
        spdlog::warn("a key of {} is passed over: {}", path_, fault);
}

}  // namespace services::antiphon
