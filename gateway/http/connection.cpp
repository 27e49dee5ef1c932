#include "gateway/http/connection.hpp"

#include "domain/kernel/error.hpp"
#include "gateway/http/connection_stream.hpp"
#include "gateway/http/cors.hpp"
#include "gateway/http/problem.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

namespace gateway::http {
namespace {

namespace asio = boost::asio;
constexpr auto awaited = asio::as_tuple(asio::use_awaitable);

/// How long a client has to take the last answer in before its connection is closed under it.
constexpr std::chrono::milliseconds linger_time{1'000};
/// What a client may send us while it is being streamed to. It has no reason to send anything.
constexpr std::size_t junk_max_bytes = 64 * 1024;

Response unavailable(std::string_view code, std::string_view detail) {
    Response response = problem(503, code, detail);
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

/// The answer in place of one that was thrown. What was thrown goes to the log and to no client.
Response failure(const Request& request, const std::exception& error) {
    if (dynamic_cast<const domain::WorldError*>(&error) != nullptr) {
        spdlog::warn("{} {} is answered with 503: {}", request.method, request.path, error.what());
        return unavailable("unavailable", "The service cannot do this at the moment. Try again.");
    }
    spdlog::error("{} {} is answered with 500: {}", request.method, request.path, error.what());
    return problem(500, "internal-error", "The service failed on this request.");
}

}  // namespace

Connection::Connection(Socket socket, ServerContext& context)
    : socket_(std::move(socket)), context_(context) {
    boost::system::error_code ignored;  // a client that has left already is noticed on reading
    socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

asio::awaitable<void> Connection::run() {
    bool first = true;
    do {
        set_deadline(first ? context_.settings.header_timeout : context_.settings.idle_timeout);
        first = false;
        const bool whole = co_await read_request();
        if (!whole) break;
        co_await answer_request();
    } while (keep_alive_ && !lost_);
    if (!lost_) co_await linger();
    close();
}

asio::awaitable<void> Connection::refuse() {
    parser_.emplace(context_.settings.header_max_bytes, context_.settings.body_max_bytes);
    keep_alive_ = false;
    set_deadline(context_.settings.write_timeout);
    if (send(unavailable("too-many-connections", "The service has too many connections.")))
        co_await send_rest();
    if (!lost_) co_await linger();
    close();
}

void Connection::check_deadline(SteadyTime now) {
    // Goes on being cancelled until it has moved: an operation may have ended in the same moment.
    if (now < deadline_) return;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void Connection::drain() {
    boost::system::error_code ignored;
    if (between_requests_) socket_.cancel(ignored);
    if (stream_ != nullptr) stream_->tell_gone();
}

void Connection::close() {
    lose_client();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

asio::awaitable<bool> Connection::read_request() {
    parser_.emplace(context_.settings.header_max_bytes, context_.settings.body_max_bytes);
    between_requests_ = true;
    bool in_body = false;
    if (!unread_.empty()) feed({});
    for (;;) {
        const RequestParser::Stage stage = parser_->stage();
        if (stage == RequestParser::Stage::refused) {
            keep_alive_ = false;
            set_deadline(context_.settings.write_timeout);
            if (send(parser_->refusal())) co_await send_rest();
            co_return false;
        }
        if (stage == RequestParser::Stage::done) {
            deadline_ = SteadyTime::max();
            co_return true;
        }
        if (stage == RequestParser::Stage::body && !in_body) {
            in_body = true;
            enter_body();
        }
        const bool more = co_await more_input();
        if (!more) co_return false;
    }
}

/// Waits for bytes and parses them. False: this connection is over.
asio::awaitable<bool> Connection::more_input() {
    if (!context_.draining || !between_requests_) {
        const auto [error] = co_await socket_.async_wait(Socket::wait_read, awaited);
        if (error && deadline_ <= std::chrono::steady_clock::now()) {
            if (between_requests_) {
                lose_client();
                co_return false;
            }
            keep_alive_ = false;
            set_deadline(context_.settings.write_timeout);
            if (send(problem(408, "request-timeout", "The request did not come to its end in time.")
                ))
                co_await send_rest();
            co_return false;
        }
    }
    // A request that came just before the drain is still read.
    boost::system::error_code error;
    const std::size_t size = socket_.read_some(asio::buffer(context_.input), error);
    const bool idle = error == asio::error::would_block;
    if (idle && !(context_.draining && between_requests_)) co_return true;
    if (error) {
        lose_client();
        co_return false;
    }
    feed({context_.input.data(), size});
    co_return true;
}

void Connection::feed(std::string_view bytes) {
    if (between_requests_) {
        between_requests_ = false;
        set_deadline(context_.settings.header_timeout);
    }
    if (unread_.empty()) {
        unread_ = bytes.substr(parser_->put(bytes));
    } else {
        unread_ += bytes;
        unread_.erase(0, parser_->put(unread_));
    }
}

void Connection::enter_body() {
    set_deadline(context_.settings.body_timeout);
    if (parser_->expects_continue() && unread_.empty()) send_now("HTTP/1.1 100 Continue\r\n\r\n");
}

asio::awaitable<void> Connection::answer_request() {
    Request& request = parser_->request();
    keep_alive_ = parser_->keep_alive();
    const auto route = context_.router.find(request);
    if (const auto* stream = std::get_if<const StreamHandler*>(&route)) {
        co_await call(**stream);
        co_return;
    }
    Response response;
    if (const auto* handler = std::get_if<const Handler*>(&route)) {
        response = co_await call(**handler);
    } else {
        response = std::get<Response>(route);
        if (request.method == "OPTIONS" && response.status == 405) {
            response.status = 204;
            const std::string methods = response.headers.front().second;
            if (is_preflight(request)) add_preflight(response, methods);
        }
    }
    if (send(response)) co_await send_rest();
}

asio::awaitable<Response> Connection::call(const Handler& handler) {
    try {
        co_return co_await handler(parser_->request());
    } catch (const std::exception& error) {
        co_return failure(parser_->request(), error);
    }
}

asio::awaitable<void> Connection::call(const StreamHandler& handler) {
    ConnectionStream stream(*this);
    stream_ = &stream;
    Response instead = problem(500, "internal-error", "The service gave no answer.");
    bool failed = false;
    try {
        co_await handler(parser_->request(), stream);
    } catch (const std::exception& error) {
        instead = failure(parser_->request(), error);
        failed = true;
    }
    stream_ = nullptr;
    if (stream.started()) {
        keep_alive_ = false;
        if (failed) lose_client();  // cut, so that it is not taken for the whole
        co_await stream.finish();
    } else if (!stream.answered()) {
        if (send(instead)) co_await send_rest();
    }
}

bool Connection::send(const Response& response) {
    keep_alive_ = keep_alive_ && !context_.draining;
    context_.output.clear();
    append_response(context_.output, response, head_context());
    return send_now(context_.output);
}

bool Connection::send_now(std::string_view bytes) {
    if (lost_) return false;
    boost::system::error_code error;
    const std::size_t sent = socket_.write_some(asio::buffer(bytes), error);
    if (error && error != asio::error::would_block) {
        lose_client();
        return false;
    }
    unsent_ = bytes.substr(sent);
    return !unsent_.empty();
}

asio::awaitable<void> Connection::send_rest() {
    std::string rest = std::move(unsent_);
    set_deadline(context_.settings.write_timeout);
    while (!lost_ && !rest.empty()) {
        const auto [error] = co_await socket_.async_wait(Socket::wait_write, awaited);
        if (error) {
            lose_client();
            co_return;
        }
        const bool more = send_now(rest);
        if (unsent_.size() < rest.size()) set_deadline(context_.settings.write_timeout);
        rest = more ? std::move(unsent_) : std::string();
    }
    unsent_.clear();
}

/// Closing with bytes unread would reset the connection, and the client might lose the answer.
asio::awaitable<void> Connection::linger() {
    boost::system::error_code error;
    socket_.shutdown(Socket::shutdown_send, error);
    set_deadline(linger_time);
    while (!error || error == asio::error::would_block) {
        const auto [waited] = co_await socket_.async_wait(Socket::wait_read, awaited);
        if (waited || deadline_ <= std::chrono::steady_clock::now()) co_return;
        socket_.read_some(asio::buffer(context_.input), error);
    }
}

HeadContext Connection::head_context() {
    const std::time_t now = std::time(nullptr);
    if (now != context_.date_second) {
        std::array<char, 32> text{};
        std::tm calendar{};
        gmtime_r(&now, &calendar);
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &calendar);
        context_.date = text.data();
        context_.date_second = now;
    }
    return {
        .request = parser_->request(),
        .cors_origins = context_.settings.cors_origins,
        .date = context_.date,
        .http_1_1 = parser_->http_1_1(),
        .keep_alive = keep_alive_,
    };
}

void Connection::watch_client() {
    socket_.async_wait(
        Socket::wait_read,
        [self = shared_from_this()](boost::system::error_code error) {
            if (self->stream_ != nullptr) self->client_readable(error);
        }
    );
}

void Connection::client_readable(boost::system::error_code error) {
    // A wait is cancelled when a deadline has passed, so that the client is lost then too.
    if (!error) junk_bytes_ += socket_.read_some(asio::buffer(context_.input), error);
    const bool open = !error || error == asio::error::would_block;
    if (open && junk_bytes_ <= junk_max_bytes) {
        watch_client();
    } else {
        lose_client();
    }
}

void Connection::lose_client() {
    if (lost_) return;
    lost_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    if (stream_ != nullptr) stream_->tell_gone();
}

void Connection::set_deadline(std::chrono::milliseconds from_now) {
    deadline_ = std::chrono::steady_clock::now() + from_now;
}

}  // namespace gateway::http
