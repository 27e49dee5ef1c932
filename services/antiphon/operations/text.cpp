#include "services/antiphon/operations/text.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/uuid.hpp"

#include <cstddef>

namespace services::antiphon {

std::string command_id(const std::string& text) {
    const auto uuid = domain::parse_uuid(text);
    if (!uuid) throw domain::SetupError("'" + text + "' is no id of a command: it is a UUID");
    return domain::to_string(*uuid);
}

std::string printable(std::string text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c < 0x20 || c == 0x7f) text[at] = '?';
        // U+0080 to U+009F, which some terminals obey, too.
        if (c == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0)
            text.replace(at, 2, "?");
    }
    return text;
}

}  // namespace services::antiphon
