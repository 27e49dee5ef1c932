#include "gateway/commands/json_check.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace gateway::commands {
namespace {

using Json = nlohmann::json;

class Checker : public nlohmann::json_sax<Json> {
  public:
    Checker(std::string_view text, std::size_t depth_max) : text_(text), depth_max_(depth_max) {}

    std::optional<JsonFault> fault;

    bool start_object(std::size_t) override { return enter(); }
    bool start_array(std::size_t) override { return enter(); }
    bool end_object() override { return leave(); }
    bool end_array() override { return leave(); }

    bool parse_error(std::size_t position, const std::string&, const Json::exception& error)
        override {
        // The parser counts the byte that it stumbled over; its own words may quote what is no
        // UTF-8.
        const std::size_t byte = std::min(position == 0 ? 0 : position - 1, text_.size());
        if (std::string_view(error.what()).find("ill-formed UTF-8") != std::string_view::npos) {
            fault = {"invalid-utf8", "The body is not UTF-8" + where(byte)};
        } else {
            fault = fault_at(byte);
        }
        return false;
    }

    JsonFault fault_at(std::size_t byte) const {
        if (byte == text_.size())
            return {"invalid-json", "The body's JSON has no end" + where(byte)};
        return {"invalid-json", "The body is not JSON" + where(byte)};
    }

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(std::int64_t) override { return true; }
    bool number_unsigned(std::uint64_t) override { return true; }
    bool number_float(double, const std::string&) override { return true; }
    bool string(std::string&) override { return true; }
    bool binary(Json::binary_t&) override { return true; }
    bool key(std::string&) override { return true; }

  private:
    std::string where(std::size_t byte) const {
        const std::string_view before = text_.substr(0, byte);
        const auto line = 1 + std::count(before.begin(), before.end(), '\n');
        return " at byte " + std::to_string(byte) + ", line " + std::to_string(line) + ".";
    }

    bool enter() {
        if (++depth_ <= depth_max_) return true;
        fault = {
            "too-deep",
            "The body's JSON may be nested " + std::to_string(depth_max_) + " levels deep."};
        return false;
    }

    bool leave() {
        --depth_;
        return true;
    }

    std::string_view text_;
    std::size_t depth_max_;
    std::size_t depth_ = 0;
};

}  // namespace

std::optional<JsonFault> check_json(std::string_view text, std::size_t depth_max) {
    Checker checker(text, depth_max);
    // The parser takes a NUL for the end and skips a byte order mark; PostgreSQL takes neither.
    if (text.starts_with("\xef\xbb\xbf")) return checker.fault_at(0);
    if (const std::size_t nul = text.find('\0'); nul != text.npos) return checker.fault_at(nul);
    Json::sax_parse(text.begin(), text.end(), &checker);
    return checker.fault;
}

}  // namespace gateway::commands
