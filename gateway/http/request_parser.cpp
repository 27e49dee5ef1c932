#include "gateway/http/request_parser.hpp"

#include "gateway/http/field_rules.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/target.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <cstring>
#include <functional>
#include <optional>

namespace gateway::http {
namespace {

namespace beast = boost::beast;
namespace asio = boost::asio;
using Error = beast::http::error;

/// The bytes of the empty lines in front. RFC 9112, 2.2: some clients end a body by one.
std::size_t empty_lines(std::string_view bytes) {
    std::size_t size = 0;
    while (bytes.substr(size).starts_with("\r\n")) size += 2;
    return size;
}

/// Is there a line that LF ends without CR? Beast would wait for the end of the head behind it.
bool has_bare_feed(std::string_view lines) {
    std::size_t at = lines.find('\n');
    while (at != lines.npos && at > 0 && lines[at - 1] == '\r') at = lines.find('\n', at + 1);
    return at != lines.npos;
}

/// RFC 9110, 2.5: the form is that of HTTP, the version none of ours.
bool is_other_version(std::string_view bytes) {
    const std::string_view line = bytes.substr(0, bytes.find("\r\n"));
    const std::size_t at = line.rfind(" HTTP/");
    if (at == line.npos || line.size() != at + 9 || line[at + 7] != '.') return false;
    return !line.ends_with("1.1") && !line.ends_with("1.0");
}

/// The value of the first line that begins with `name`; empty where there is none.
std::string_view value_of_line(std::string_view bytes, std::string_view name) {
    const auto* found =
        std::search(bytes.begin(), bytes.end(), name.begin(), name.end(), [](char a, char b) {
            return lower(a) == lower(b);
        });
    if (found == bytes.end()) return {};
    std::string_view value = bytes.substr(found - bytes.begin() + name.size());
    value = value.substr(0, value.find('\r'));
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    return value;
}

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
    std::optional<Response> refused;  ///< by us, while Beast reads on to the end of the header
    const char* input_end = nullptr;
    std::size_t header_bytes = 0;
    bool begun = false;
    bool expects_continue = false;
    bool http_1_1 = true;

    /// RFC 9112, 9.3: `close` wins. Beast asks HTTP/1.0 for `keep-alive` only.
    bool stays() const {
        const auto options = elements(request.header("connection").value_or(""));
        return keep_alive() && std::ranges::none_of(options, [](std::string_view option) {
                   return beast::iequals(option, "close");
               });
    }

    /// What Beast's error is to the client, which had sent these bytes.
    Response refusal(std::string_view bytes) const {
        if (error == Error::header_limit) {
            const std::string limit = std::to_string(header_max_bytes) + " bytes.";
            // Of what may be there: a line that ends behind it is as one that does not end.
            const std::string_view line = bytes.substr(0, header_max_bytes);
            const bool in_target = line.find(' ') != line.npos && line.find('\r') == line.npos;
            if (request.method.empty() && in_target)
                return problem(414, "target-too-long", "The target has to end within " + limit);
            return problem(
                431, "header-too-large", "The request line and the headers may have " + limit
            );
        }
        if (error == Error::body_limit) {
            const std::string limit = std::to_string(body_max_bytes);
            return problem(413, "body-too-large", "The body may have " + limit + " bytes.");
        }
        if (error == Error::bad_version && is_other_version(bytes))
            return problem(505, "unknown-version", "Speak HTTP/1.1.");
        return problem(400, "bad-request", "This is not HTTP/1.1: " + error.message() + ".");
    }

  private:
    void on_request_impl(beast::http::verb, Text method, Text target, int version, Code&) override {
        http_1_1 = version == 11;
        request.method = method;
        request.headers.reserve(16);
        if (method == "OPTIONS" && target == "*") {
            request.path = target;
        } else if (method == "CONNECT") {
            refuse(501, "unknown-method", "This is no proxy: CONNECT leads nowhere.");
        } else if (const auto fault = read_target(target, request); !fault.empty()) {
            refuse(400, "bad-target", fault);
        }
    }

    void on_field_impl(beast::http::field, Text name, Text value, Code&) override {
        if (is_header_done()) return;  // trailers are of no use to us
        if (is_folded(name, value))
            refuse(400, "folded-header", "A header stands in one line: " + std::string(name));
        std::string lower_case(name);
        std::transform(lower_case.begin(), lower_case.end(), lower_case.begin(), lower);
        if (!add_field(request.headers, std::move(lower_case), {value.data(), value.size()}))
            refuse(400, "repeated-header", "This header may come only once: " + std::string(name));
    }

    /// What such lines are read as depends on who reads them (RFC 9112, 5.2). Beast puts them
    /// together elsewhere, unless all but the last are empty.
    bool is_folded(Text name, Text value) const {
        const std::less<> before;
        if (before(value.data(), name.data()) || !before(value.data(), input_end)) return true;
        const std::size_t between = value.data() - name.data() - name.size();
        return std::memchr(name.data() + name.size(), '\n', between) != nullptr;
    }

    void on_header_impl(Code& ec) override {
        check_host();
        check_framing();
        // RFC 9110, 10.1.1: nobody who speaks HTTP/1.0 knows what a 100 is.
        if (http_1_1) check_expectations();
        if (refused) ec = Error::bad_field;
    }

    void check_expectations() {
        for (const std::string_view expected : elements(request.header("expect").value_or(""))) {
            expects_continue = beast::iequals(expected, "100-continue");
            if (!expects_continue)
                return refuse(417, "unknown-expectation", "Only 100-continue can be expected.");
        }
    }

    /// RFC 9112, 3.2.
    void check_host() {
        const auto host = request.header("host");
        if (!host && http_1_1)
            refuse(400, "missing-host", "A request of HTTP/1.1 has the header Host.");
        if (host && !is_authority(*host)) refuse(400, "bad-host", "The header Host names no host.");
        if (request.authority.empty()) return;
        std::erase_if(request.headers, [](const auto& field) { return field.first == "host"; });
        request.headers.emplace_back("host", request.authority);
    }

    /// RFC 9112, 6.1 to 6.3: whatever would leave it open where the body ends.
    void check_framing() {
        const auto length = request.header("content-length");
        if (length && length->find_first_not_of("0123456789") != length->npos)
            refuse(400, "bad-framing", "The header Content-Length is one number.");
        const auto coding = request.header("transfer-encoding");
        if (!coding) return;
        if (!http_1_1)
            refuse(400, "bad-framing", "Chunks came with HTTP/1.1, and this is HTTP/1.0.");
        const auto codings = elements(*coding);
        const auto is_chunked = [](std::string_view one) { return beast::iequals(one, "chunked"); };
        // The body is read as Beast takes it, so both of us have to take it for chunked.
        if (codings.empty() || !is_chunked(codings.back()) || !chunked())
            refuse(400, "bad-framing", "The last transfer coding of a request is chunked.");
        if (std::ranges::count_if(codings, is_chunked) > 1)
            refuse(400, "bad-framing", "A body is put into chunks once.");
        if (codings.size() > 1)
            refuse(501, "unknown-coding", "The only transfer coding here is chunked.");
    }

    void refuse(int status, std::string_view code, std::string_view detail) {
        if (!refused) refused = problem(status, code, detail);
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
    const std::size_t empty = impl_->begun ? 0 : empty_lines(bytes);
    const std::string_view rest = bytes.substr(empty);
    impl_->begun = impl_->begun || !(rest.empty() || rest == "\r");
    std::size_t taken = empty;
    if (impl_->begun) {
        impl_->input_end = rest.data() + rest.size();
        taken += impl_->put(asio::buffer(rest), impl_->error);
    }
    if (impl_->error == Error::need_more) impl_->error = {};
    if (!impl_->error) {
        // Beast limits each field and each look at the buffer, but not all of them together.
        const std::size_t left = bytes.size() - taken;
        if (in_header && !impl_->is_header_done()) {
            impl_->header_bytes += taken;
            if (impl_->header_bytes + left > impl_->header_max_bytes)
                impl_->error = Error::header_limit;
            else if (has_bare_feed(bytes.substr(taken)))
                impl_->error = Error::bad_line_ending;
        } else if (left > impl_->header_max_bytes && !impl_->is_done()) {
            impl_->error = Error::bad_chunk;  // a chunk's head, or trailers, that do not end
        }
    }
    if (impl_->error && in_header) {
        // The answer goes by it, also where it stands behind what was refused.
        const std::string_view origin = value_of_line(bytes.substr(taken), "\norigin:");
        if (!origin.empty() && !impl_->request.header("origin"))
            impl_->request.headers.emplace_back("origin", origin);
    }
    if (impl_->error && !impl_->refused) impl_->refused = impl_->refusal(rest);
    return taken;
}

RequestParser::Stage RequestParser::stage() const {
    if (impl_->error) return Stage::refused;
    if (impl_->is_done()) return Stage::done;
    return impl_->is_header_done() ? Stage::body : Stage::header;
}

Request& RequestParser::request() { return impl_->request; }

bool RequestParser::begun() const { return impl_->begun; }
Response RequestParser::refusal() const { return *impl_->refused; }
bool RequestParser::http_1_1() const { return impl_->http_1_1; }
bool RequestParser::keep_alive() const { return impl_->stays(); }
bool RequestParser::expects_continue() const { return impl_->expects_continue; }

}  // namespace gateway::http
