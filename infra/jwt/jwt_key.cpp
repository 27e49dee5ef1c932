#include "infra/jwt/jwt_key.hpp"

#include "domain/kernel/error.hpp"

#include <fstream>
#include <sstream>

namespace infra::jwt {

std::string load_key(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream content;
    content << stream.rdbuf();
    if (!stream.is_open() || content.bad()) {
        throw domain::SetupError(
            "cannot read the key file " + file + "; give a file that this process may read"
        );
    }
    std::string key = content.str();
    while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
    if (key.empty())
        throw domain::SetupError("the key file " + file + " is empty; put the key into it");
    return key;
}

}  // namespace infra::jwt
