#include "gateway/commands/json_check.hpp"

#include "domain/kernel/json_document.hpp"

#include <algorithm>

namespace gateway::commands {
namespace {

std::string where(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, byte);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    return " at byte " + std::to_string(byte) + ", line " + std::to_string(line) + ".";
}

}  // namespace

std::optional<JsonFault> check_json(std::string_view text, std::size_t depth_max) {
    const domain::JsonDocument document(text, depth_max);
    if (!document.fault()) return std::nullopt;
    const std::size_t byte = document.fault()->byte;
    using Kind = domain::JsonFault::Kind;
    switch (document.fault()->kind) {
        case Kind::not_utf8:
            return JsonFault{"invalid-utf8", "The body is not UTF-8" + where(text, byte)};
        case Kind::half_surrogate:
            return JsonFault{
                "invalid-json",
                "The body escapes half of a surrogate pair, which is no character," +
                    where(text, byte)};
        case Kind::too_deep:
            return JsonFault{
                "too-deep",
                "The body's JSON may be nested " + std::to_string(depth_max) + " levels deep."};
        case Kind::not_json:
            break;
    }
    if (byte == text.size())
        return JsonFault{"invalid-json", "The body's JSON has no end" + where(text, byte)};
    return JsonFault{"invalid-json", "The body is not JSON" + where(text, byte)};
}

}  // namespace gateway::commands
