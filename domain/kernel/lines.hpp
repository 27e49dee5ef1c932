#pragma once

#include <string>
#include <vector>

namespace domain {

/// The texts, which have no line breaks, each on a line of its own; empty for none.
inline std::string lines_of(const std::vector<std::string>& texts) {
    std::string lines;
    for (const std::string& text : texts) {
        if (!lines.empty()) lines += '\n';
        lines += text;
    }
    return lines;
}

}  // namespace domain
