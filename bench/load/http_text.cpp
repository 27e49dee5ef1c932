#include "bench/load/http_text.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace bench {
namespace {

bool same_letters(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) {
        return lower(x) == lower(y);
    });
}

template <class Number>
Number number_in(std::string_view text) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) throw std::runtime_error("the server wrote a malformed number");
    return number;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<HttpHead> read_head(std::string_view input) {
    const auto end = input.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    if (!input.starts_with("HTTP/1.1 "))
        throw std::runtime_error("the server does not speak HTTP/1.1");
    HttpHead head;
    head.size = end + 4;
    head.status = number_in<int>(input.substr(9, 3));
    for (auto line = input.find("\r\n"); line < end;) {
        const auto begin = line + 2;
        line = input.find("\r\n", begin);
        const auto field = input.substr(begin, line - begin);
        const auto colon = std::min(field.find(':'), field.size());
        auto value = field.substr(std::min(colon + 1, field.size()));
        while (value.starts_with(' ')) value.remove_prefix(1);
        const auto name = field.substr(0, colon);
        if (same_letters(name, "content-length"))
            head.content_length = number_in<std::size_t>(value);
        if (same_letters(name, "transfer-encoding")) head.chunked = same_letters(value, "chunked");
        if (same_letters(name, "retry-after")) head.retry_after = number_in<int>(value) >= 1;
    }
    return head;
}

std::optional<HttpResponse> take_response(std::string& input) {
    const auto head = read_head(input);
    if (!head) return std::nullopt;
    if (!head->content_length) throw std::runtime_error("an answer without Content-Length");
    const auto size = head->size + *head->content_length;
    if (input.size() < size) return std::nullopt;
    HttpResponse response{
        head->status, head->retry_after, input.substr(head->size, *head->content_length)};
    input.erase(0, size);
    return response;
}

void ChunkDecoder::feed(std::string_view piece, std::string& output) {
    while (!piece.empty() && state_ != State::ended) {
        const char c = piece.front();
        switch (state_) {
            case State::size:
                if (const int digit = hex_digit(c); digit >= 0) {
                    left_ = left_ * 16 + static_cast<std::size_t>(digit);
                    piece.remove_prefix(1);
                    break;
                }
                state_ = State::size_rest;
                break;
            case State::size_rest:
                piece.remove_prefix(1);
                if (c == '\n') state_ = left_ == 0 ? State::ended : State::data;
                break;
            case State::data: {
                const auto now = piece.substr(0, left_);
                output += now;
                left_ -= now.size();
                piece.remove_prefix(now.size());
                if (left_ == 0) state_ = State::data_end;
                break;
            }
            case State::data_end:
                piece.remove_prefix(1);
                if (c == '\n') state_ = State::size;
                break;
            case State::ended:
                break;
        }
    }
}

std::string_view json_string(std::string_view json, std::string_view quoted_name) {
    auto at = json.find(quoted_name);
    if (at == std::string_view::npos) return {};
    at = json.find('"', at + quoted_name.size());
    if (at == std::string_view::npos) return {};
    const auto end = json.find('"', at + 1);
    return end == std::string_view::npos ? std::string_view{} : json.substr(at + 1, end - at - 1);
}

}  // namespace bench
