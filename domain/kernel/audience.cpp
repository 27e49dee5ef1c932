#include "domain/kernel/audience.hpp"

#include <algorithm>
#include <stdexcept>

namespace domain {

std::vector<std::string> audience(std::vector<std::string> hears, const Asked& asked) {
    const std::string sender = hears.empty() ? std::string() : asked.user_key();
    std::erase_if(hears, [&](const std::string& user) { return user.empty() || user == sender; });
    for (const std::string& user : hears)
        if (!is_user_key(user))
            throw std::runtime_error("hears() names a user who cannot be: \"" + user + '"');
    std::ranges::sort(hears);
    hears.erase(std::ranges::unique(hears).begin(), hears.end());
    return hears;
}

}  // namespace domain
