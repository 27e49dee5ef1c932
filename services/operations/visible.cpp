#include "services/operations/visible.hpp"

#include <cstddef>

namespace services::operations {

std::string visible(std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string shown;
    const auto escape = [&](unsigned char byte) {
        shown += {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
        if (byte == '\n' || byte == '\r' || byte == '\t') {
            shown += ' ';
        } else if (byte < 0x20 || byte == 0x7f) {
            escape(byte);
        } else if (byte == 0xc2 && next >= 0x80 && next < 0xa0) {
            escape(static_cast<unsigned char>(next));
            ++i;
        } else {
            shown += text[i];
        }
    }
    return shown;
}

}  // namespace services::operations
