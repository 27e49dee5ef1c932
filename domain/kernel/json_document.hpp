#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

/// Why a text is not JSON that we take, and where.
struct JsonFault {
    enum class Kind {
        not_json,        ///< against the grammar of RFC 8259
        not_utf8,        ///< RFC 8259, section 8.1
        half_surrogate,  ///< a \u escape that is no character: readers differ on it (section 8.2)
        too_deep,
    };
    Kind kind;
    std::size_t byte;  ///< the size of the text, if it ends too early
};

/// A value of a JsonDocument. Those that it holds come right behind it, each as large as it says.
struct JsonNode {
    enum class Kind : std::uint8_t { null, no, yes, number, string, array, object };
    Kind kind = Kind::null;
    std::uint32_t size = 1;   ///< how many nodes it takes, with all that it holds
    std::string_view key{};   ///< of a member of an object, unescaped
    std::string_view text{};  ///< a string, unescaped; a number as it was written

    /// for (const JsonNode* each = list.first(); each != list.end(); each = each->end())
    const JsonNode* first() const { return this + 1; }
    const JsonNode* end() const { return this + size; }
};

/// A JSON text, taken apart but not interpreted: numbers stand as they were written, so none is
/// rounded or too large, and an object's members in their order, so none hides another. What is
/// stored and sent is the text itself; this only looks at it, so the text has to outlive it.
class JsonDocument {
  public:
    /// Nobody writes commands or events that are deeper, and readers need a stack.
    static constexpr std::size_t depth_max = 64;

    explicit JsonDocument(std::string_view text, std::size_t deepest = depth_max);
    JsonDocument(const JsonDocument&) = delete;
    JsonDocument& operator=(const JsonDocument&) = delete;

    const std::optional<JsonFault>& fault() const { return fault_; }

    /// Only if there is no fault.
    const JsonNode& root() const { return nodes_.front(); }

  private:
    friend class JsonParser;
    std::vector<JsonNode> nodes_;
    std::string unescaped_;  ///< of the strings that had escapes; never grows beyond its capacity
    std::optional<JsonFault> fault_;
};

}  // namespace domain
