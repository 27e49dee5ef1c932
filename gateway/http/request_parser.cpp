#include "gateway/http/request_parser.hpp"

#include "gateway/http/problem.hpp"
#include "gateway/http/target.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>

namespace gateway::http {
namespace {

namespace beast = boost::beast;
namespace asio = boost::asio;
using Error = beast::http::error;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

/// Beast parses straight into our request: its own message would allocate each field a second time.
class RequestParser::Impl : public beast::http::basic_parser<true> {
  public:
    using Text = beast::string_view;
    using Code = beast::error_code;

    Impl(std::size_t header_max, std::size_t body_max)
        : header_max_bytes(header_max), body_max_bytes(body_max) {
        eager(true);
        header_limit(static_cast<std::uint32_t>(header_max));
        body_limit(body_max);
    }

    const std::size_t header_max_bytes;
    const std::size_t body_max_bytes;
    Request request;
    Code error;
    std::size_t header_bytes = 0;
    bool expects_continue = false;
    bool http_1_1 = true;

  private:
    void on_request_impl(beast::http::verb, Text method, Text target, int version, Code& ec)
        override {
        http_1_1 = version == 11;
        request.method = method;
        const bool whole_server = method == "OPTIONS" && target == "*";
        if (!read_target(whole_server ? "/" : std::string_view(target), request))
            ec = Error::bad_target;
    }

    void on_field_impl(beast::http::field, Text name, Text value, Code&) override {
        if (is_header_done()) return;  // trailers are of no use to us
        auto& [lower_case, text] = request.headers.emplace_back(name, value);
        std::transform(lower_case.begin(), lower_case.end(), lower_case.begin(), lower);
    }

    void on_header_impl(Code& ec) override {
        const auto hosts =
            std::count_if(request.headers.begin(), request.headers.end(), [](const auto& field) {
                return field.first == "host";
            });
        if (hosts > 1 || (hosts == 0 && http_1_1)) ec = Error::bad_field;
        // Any other coding would leave it open where the body ends.
        const auto coding = request.header("transfer-encoding");
        if (coding && !beast::iequals(*coding, "chunked")) ec = Error::bad_transfer_encoding;
        const auto expect = request.header("expect");
        expects_continue = expect && beast::iequals(*expect, "100-continue");
    }

    void on_body_init_impl(const boost::optional<std::uint64_t>& length, Code&) override {
        if (length) request.body.reserve(static_cast<std::size_t>(*length));
    }

    std::size_t on_body_impl(Text body, Code&) override {
        request.body.append(body.data(), body.size());
        return body.size();
    }

    std::size_t on_chunk_body_impl(std::uint64_t, Text body, Code&) override {
        request.body.append(body.data(), body.size());
        return body.size();
    }

    void on_response_impl(int, Text, int, Code&) override {}
    void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
    void on_finish_impl(Code&) override {}
};

RequestParser::RequestParser(std::size_t header_max_bytes, std::size_t body_max_bytes)
    : impl_(std::make_unique<Impl>(header_max_bytes, body_max_bytes)) {}

RequestParser::~RequestParser() = default;

std::size_t RequestParser::put(std::string_view bytes) {
    const bool in_header = !impl_->is_header_done();
    const std::size_t taken = impl_->put(asio::buffer(bytes), impl_->error);
    if (impl_->error == Error::need_more) impl_->error = {};
    if (impl_->error) return taken;
    // Beast limits each field and each look at the buffer, but not all of them together.
    if (in_header && !impl_->is_header_done()) {
        impl_->header_bytes += taken;
        if (impl_->header_bytes + bytes.size() - taken > impl_->header_max_bytes)
            impl_->error = Error::header_limit;
    } else if (bytes.size() - taken > impl_->header_max_bytes && !impl_->is_done()) {
        impl_->error = Error::bad_chunk;  // a chunk's head, or trailers, that do not end
    }
    return taken;
}

RequestParser::Stage RequestParser::stage() const {
    if (impl_->error) return Stage::refused;
    if (impl_->is_done()) return Stage::done;
    return impl_->is_header_done() ? Stage::body : Stage::header;
}

Request& RequestParser::request() { return impl_->request; }

Response RequestParser::refusal() const {
    if (impl_->error == Error::header_limit) {
        return problem(
            431,
            "header-too-large",
            "The request line and the headers may have " + std::to_string(impl_->header_max_bytes) +
                " bytes."
        );
    }
    if (impl_->error == Error::body_limit) {
        return problem(
            413,
            "body-too-large",
            "The body may have " + std::to_string(impl_->body_max_bytes) + " bytes."
        );
    }
    return problem(400, "bad-request", "This is not HTTP/1.1: " + impl_->error.message() + ".");
}

bool RequestParser::http_1_1() const { return impl_->http_1_1; }
bool RequestParser::keep_alive() const { return impl_->keep_alive(); }
bool RequestParser::expects_continue() const { return impl_->expects_continue; }

}  // namespace gateway::http
