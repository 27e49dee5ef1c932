#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bench {

/// The little of HTTP/1.1 and SSE that a load generator must read, and nothing more: it trusts the
/// server that it measures to write well-formed text, and throws std::runtime_error where it does
/// not.

struct HttpResponse {
    int status = 0;
    bool retry_after = false;  ///< it says when to try again
    std::string body;
};

/// Status line and headers, from the first byte to behind the empty line.
struct HttpHead {
    int status = 0;
    std::size_t size = 0;
    std::optional<std::size_t> content_length;
    bool chunked = false;
    bool retry_after = false;
};

/// Nothing while the empty line is still to come.
std::optional<HttpHead> read_head(std::string_view input);

/// Takes the response off the front of `input`; nothing while it is incomplete.
std::optional<HttpResponse> take_response(std::string& input);

/// Undoes the chunked coding of a body that comes in pieces.
class ChunkDecoder {
  public:
    /// Appends to `output` what of the body stands in `piece`.
    void feed(std::string_view piece, std::string& output);
    bool ended() const { return state_ == State::ended; }

  private:
    enum class State { size, size_rest, data, data_end, ended };
    State state_ = State::size;
    std::size_t left_ = 0;
};

/// The string value of a member of flat JSON text; empty where there is none.
std::string_view json_string(std::string_view json, std::string_view quoted_name);

}  // namespace bench
