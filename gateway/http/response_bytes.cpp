#include "gateway/http/response_bytes.hpp"

#include "gateway/http/cors.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <stdexcept>

namespace gateway::http {
namespace {

bool has_no_body(int status) { return status == 204 || status == 304; }

void append_status(std::string& bytes, int status, const HeadContext& context) {
    bytes += "HTTP/1.1 ";
    bytes += std::to_string(status);
    bytes += ' ';
    bytes += reason(status);
    bytes += "\r\nDate: ";
    bytes += context.date;
    bytes += "\r\n";
}

void append_fields(std::string& bytes, const Fields& fields) {
    for (const auto& [name, value] : fields) {
        if (value.find_first_of("\r\n") != std::string::npos)
            throw std::logic_error("a line end in the response header " + name);
        bytes += name;
        bytes += ": ";
        bytes += value;
        bytes += "\r\n";
    }
}

/// What a shared cache must know, for every answer. One that says nothing of its own is stored
/// nowhere (RFC 9111, 5.2.2.5); and any may be another one for another caller, page or client.
void append_caching(std::string& bytes, const Fields& fields) {
    const bool said = std::any_of(fields.begin(), fields.end(), [](const auto& field) {
        return field.first == "Cache-Control";
    });
    if (!said) bytes += "Cache-Control: no-store\r\n";
    bytes += "Vary: Authorization, Cookie, Origin, Accept\r\n";
}

}  // namespace

std::string_view reason(int status) {
    using namespace boost::beast::http;
    const auto phrase = obsolete_reason(int_to_status(static_cast<unsigned>(status)));
    return {phrase.data(), phrase.size()};
}

void append_response(std::string& bytes, const Response& response, const HeadContext& context) {
    append_status(bytes, response.status, context);
    if (!has_no_body(response.status)) {
        bytes += "Content-Type: ";
        bytes += response.content_type;
        bytes += "\r\nContent-Length: ";
        bytes += std::to_string(response.body.size());
        bytes += "\r\n";
    }
    append_fields(bytes, response.headers);
    append_caching(bytes, response.headers);
    append_cors(bytes, context.cors_origins, context.request);
    if (!context.keep_alive)
        bytes += "Connection: close\r\n";
    else if (!context.http_1_1)
        bytes += "Connection: keep-alive\r\n";
    bytes += "\r\n";
    if (!has_no_body(response.status) && context.request.method != "HEAD") bytes += response.body;
}

void append_stream_head(
    std::string& bytes,
    int status,
    const Fields& fields,
    const HeadContext& context
) {
    append_status(bytes, status, context);
    append_fields(bytes, fields);
    append_caching(bytes, fields);
    append_cors(bytes, context.cors_origins, context.request);
    if (context.http_1_1) bytes += "Transfer-Encoding: chunked\r\n";
    bytes += "Connection: close\r\n\r\n";
}

}  // namespace gateway::http
