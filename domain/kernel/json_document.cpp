#include "domain/kernel/json_document.hpp"

#include "domain/kernel/utf8.hpp"

namespace domain {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The characters of a string that stand for themselves in one byte.
constexpr bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void append_utf8(std::string& text, std::uint32_t code) {
    const auto follow = [&](unsigned shift) {
        text += static_cast<char>(0x80 | (code >> shift & 0x3f));
    };
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xc0 | code >> 6);
        follow(0);
    } else if (code < 0x10000) {
        text += static_cast<char>(0xe0 | code >> 12);
        follow(6);
        follow(0);
    } else {
        text += static_cast<char>(0xf0 | code >> 18);
        follow(12);
        follow(6);
        follow(0);
    }
}

constexpr bool is_high_half(std::uint32_t code) { return code >= 0xd800 && code < 0xdc00; }
constexpr bool is_low_half(std::uint32_t code) { return code >= 0xdc00 && code < 0xe000; }

}  // namespace

/// Goes through a text once, by recursion as deep as it may be nested. Each function leaves `at_`
/// behind what it has read, and is false after it has said what stands against the text.
class JsonParser {
  public:
    JsonParser(std::string_view text, std::size_t deepest, JsonDocument& document)
        : text_(text), deepest_(deepest), document_(document) {}

    bool parse() {
        skip_space();
        if (!value({}, 0)) return false;
        skip_space();
        return at_ == text_.size() || fail();
    }

  private:
    using Kind = JsonNode::Kind;

    /// The next character, or NUL, which stands nowhere in JSON.
    char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    bool fail(JsonFault::Kind kind = JsonFault::Kind::not_json) {
        document_.fault_ = JsonFault{kind, at_};
        return false;
    }

    void skip_space() {
        while (next() == ' ' || next() == '\n' || next() == '\r' || next() == '\t') ++at_;
    }

    bool take(char wanted) {
        if (next() != wanted) return false;
        ++at_;
        return true;
    }

    /// An element or member that is followed by another; else the closing bracket.
    bool another(char closing, bool& more) {
        skip_space();
        more = take(',');
        if (more) skip_space();
        return more || take(closing) || fail();
    }

    bool value(std::string_view key, std::size_t depth) {
        const std::size_t place = document_.nodes_.size();
        JsonNode& node = document_.nodes_.emplace_back();
        node.key = key;
        switch (next()) {
            case '{':
                return nested(place, Kind::object, depth);
            case '[':
                return nested(place, Kind::array, depth);
            case '"':
                node.kind = Kind::string;
                return string(node.text);
            case 't':
                node.kind = Kind::yes;
                return word("true");
            case 'f':
                node.kind = Kind::no;
                return word("false");
            case 'n':
                return word("null");
            default:
                node.kind = Kind::number;
                return number(node.text);
        }
    }

    bool nested(std::size_t place, Kind kind, std::size_t depth) {
        if (depth == deepest_) return fail(JsonFault::Kind::too_deep);
        ++at_;
        skip_space();
        const bool object = kind == Kind::object;
        const char closing = object ? '}' : ']';
        for (bool more = !take(closing); more;) {
            std::string_view key;
            if (object && !member_name(key)) return false;
            if (!value(key, depth + 1) || !another(closing, more)) return false;
        }
        JsonNode& node = document_.nodes_[place];
        node.kind = kind;
        node.size = static_cast<std::uint32_t>(document_.nodes_.size() - place);
        return true;
    }

    bool member_name(std::string_view& key) {
        if (next() != '"') return fail();
        if (!string(key)) return false;
        skip_space();
        if (!take(':')) return fail();
        skip_space();
        return true;
    }

    bool word(std::string_view wanted) {
        for (char c : wanted)
            if (!take(c)) return fail();
        return true;
    }

    bool digits() {
        if (!is_digit(next())) return fail();
        while (is_digit(next())) ++at_;
        return true;
    }

    bool number(std::string_view& written) {
        const std::size_t begin = at_;
        take('-');
        if (!take('0') && !digits()) return false;
        if (take('.') && !digits()) return false;
        if (take('e') || take('E')) {
            if (!take('+')) take('-');
            if (!digits()) return false;
        }
        written = text_.substr(begin, at_ - begin);
        return true;
    }

    bool string(std::string_view& meant) {
        const std::size_t begin = ++at_;
        if (!plain_text()) return false;
        if (next() == '"') {
            meant = text_.substr(begin, at_++ - begin);
            return true;
        }
        // An escape is never shorter than what it stands for, so what was taken before stays where
        // it is.
        std::string& unescaped = document_.unescaped_;
        if (unescaped.capacity() < text_.size()) unescaped.reserve(text_.size());
        const std::size_t start = unescaped.size();
        unescaped += text_.substr(begin, at_ - begin);
        while (!take('"')) {
            if (!escape(unescaped)) return false;
            const std::size_t from = at_;
            if (!plain_text()) return false;
            unescaped += text_.substr(from, at_ - from);
        }
        meant = std::string_view(unescaped).substr(start);
        return true;
    }

    /// Up to a quote or a backslash.
    bool plain_text() {
        for (;;) {
            while (at_ < text_.size() && is_plain(text_[at_])) ++at_;
            if (next() == '"' || next() == '\\') return true;
            if (static_cast<unsigned char>(next()) < 0x20) return fail();
            const std::size_t bytes = utf8_length(text_.substr(at_));
            if (bytes == 0) return fail(JsonFault::Kind::not_utf8);
            at_ += bytes;
        }
    }

    bool escape(std::string& unescaped) {
        const std::size_t backslash = at_++;
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (const std::size_t found = letters.find(next()); found != letters.npos) {
            unescaped += meanings[found];
            ++at_;
            return true;
        }
        std::uint32_t code = 0;
        if (!four_digits(code)) return false;
        std::uint32_t low = 0;
        if (is_high_half(code) && text_.substr(at_).starts_with("\\u")) {
            ++at_;
            if (!four_digits(low)) return false;
        }
        if (is_high_half(code) && is_low_half(low)) {
            code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
        } else if (is_high_half(code) || is_low_half(code)) {
            at_ = backslash;
            return fail(JsonFault::Kind::half_surrogate);
        }
        append_utf8(unescaped, code);
        return true;
    }

    /// The `u` of an escape, and what it numbers.
    bool four_digits(std::uint32_t& code) {
        if (!take('u')) return fail();
        for (int i = 0; i < 4; ++i, ++at_) {
            const char c = next();
            if (is_digit(c)) {
                code = code << 4 | static_cast<std::uint32_t>(c - '0');
            } else if (const char lower = static_cast<char>(c | 0x20);
                       lower >= 'a' && lower <= 'f') {
                code = code << 4 | static_cast<std::uint32_t>(lower - 'a' + 10);
            } else {
                return fail();
            }
        }
        return true;
    }

    const std::string_view text_;
    const std::size_t deepest_;
    JsonDocument& document_;
    std::size_t at_ = 0;
};

JsonDocument::JsonDocument(std::string_view text, std::size_t deepest) {
    nodes_.reserve(8);
    JsonParser(text, deepest, *this).parse();
}

}  // namespace domain
