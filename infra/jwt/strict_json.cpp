#include "infra/jwt/strict_json.hpp"

#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <vector>

namespace infra::jwt {
namespace {

using Json = nlohmann::json;

constexpr std::size_t depth_max = 16;

class Checker : public nlohmann::json_sax<Json> {
  public:
    bool start_object(std::size_t) override { return enter(); }
    bool start_array(std::size_t) override { return depth() > 0 && enter(); }
    bool end_object() override { return leave(); }
    bool end_array() override { return leave(); }
    bool key(std::string& name) override { return members_.back().insert(name).second; }

    bool null() override { return depth() > 0; }
    bool boolean(bool) override { return depth() > 0; }
    bool number_integer(std::int64_t) override { return depth() > 0; }
    bool number_unsigned(std::uint64_t) override { return depth() > 0; }
    bool number_float(double, const std::string&) override { return depth() > 0; }
    bool string(std::string&) override { return depth() > 0; }
    bool binary(Json::binary_t&) override { return depth() > 0; }
    bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
        return false;
    }

  private:
    std::size_t depth() const { return members_.size(); }
    bool enter() {
        members_.emplace_back();
        return depth() <= depth_max;
    }
    bool leave() {
        members_.pop_back();
        return true;
    }

    std::vector<std::set<std::string>> members_;  ///< of each object or array that is open
};

}  // namespace

bool is_strict_object(std::string_view text) {
    // The parser takes a NUL for the end and skips a byte order mark.
    if (text.find('\0') != text.npos || text.starts_with("\xef\xbb\xbf")) return false;
    Checker checker;
    return Json::sax_parse(text.begin(), text.end(), &checker);
}

}  // namespace infra::jwt
