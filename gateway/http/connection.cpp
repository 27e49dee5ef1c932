#include "gateway/http/connection.hpp"

#include "domain/kernel/error.hpp"
#include "gateway/http/connection_stream.hpp"
#include "gateway/http/cors.hpp"
#include "gateway/http/problem.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

namespace gateway::http {
namespace {

namespace asio = boost::asio;
constexpr auto awaited = asio::as_tuple(asio::use_awaitable);

/// How long a client has to take the last answer in before its connection is closed under it.
constexpr std::chrono::milliseconds linger_time{1'000};
/// Who has shown so many tokens that do not count is cut, and has to connect anew.
constexpr int unauthorized_max = 8;
/// What a client may send us while it is being streamed to. It has no reason to send anything.
constexpr std::size_t junk_max_bytes = 64 * 1024;
/// What is read of a body that was refused, so that its client takes in why.
constexpr std::size_t linger_max_bytes = 8 * 1024 * 1024;

Response unavailable(std::string_view code, std::string_view detail) {
    Response response = problem(503, code, detail);
    response.headers.emplace_back("Retry-After", "1");
    return response;
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
        // Others come in between the requests of a client that sends many at a time.
        if (!unread_.empty()) co_await asio::post(socket_.get_executor(), asio::use_awaitable);
    } while (keep_alive_ && !lost_);
    if (!lost_) co_await linger();
    close();
}

asio::awaitable<void> Connection::refuse() {
    parser_.emplace(context_.settings.header_max_bytes, context_.settings.body_max_bytes);
    // A page may read the answer only if its origin is named, so there has to be a request.
    set_deadline(linger_time);
    co_await socket_.async_wait(Socket::wait_read, awaited);
    boost::system::error_code error;
    const std::size_t size = socket_.read_some(asio::buffer(context_.input), error);
    parser_->put({context_.input.data(), size});
    co_await answer_last(
        unavailable("too-many-connections", "The service has too many connections.")
    );
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
    route_ = nullptr;
    bool in_body = false;
    if (!unread_.empty()) feed({});
    for (;;) {
        const RequestParser::Stage stage = parser_->stage();
        if (stage == RequestParser::Stage::refused) {
            co_await answer_last(parser_->refusal());
            co_return false;
        }
        if (stage == RequestParser::Stage::done) {
            deadline_ = SteadyTime::max();
            co_return true;
        }
        if (stage == RequestParser::Stage::body && !in_body) {
            in_body = true;
            if (auto refusal = look_at_head()) {
                co_await answer_last(std::move(*refusal));
                co_return false;
            }
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
            co_await answer_last(
                problem(408, "request-timeout", "The request did not come to its end in time.")
            );
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
    if (unread_.empty()) {
        unread_ = bytes.substr(parser_->put(bytes));
    } else {
        unread_ += bytes;
        unread_.erase(0, parser_->put(unread_));
    }
    if (between_requests_ && parser_->begun()) {
        between_requests_ = false;
        set_deadline(context_.settings.header_timeout);
    }
}

/// Before a body is read: the answer to a request that is refused whatever its body is. That a body
/// is there already is the usual case, and costs nothing here.
std::optional<Response> Connection::look_at_head() {
    Request& request = parser_->request();
    auto found = context_.router.find(request);
    if (auto* response = std::get_if<Response>(&found)) return std::move(*response);
    route_ = std::get<const Router::Route*>(found);
    if (!route_->traits.admit) return std::nullopt;
    try {
        auto refusal = route_->traits.admit(request);
        request.admitted = !refusal;
        return refusal;
    } catch (const std::exception& error) {
        return failure(error);
    }
}

void Connection::enter_body() {
    set_deadline(context_.settings.body_timeout);
    if (parser_->expects_continue() && unread_.empty()) send_now("HTTP/1.1 100 Continue\r\n\r\n");
}

asio::awaitable<void> Connection::answer_request() {
    Request& request = parser_->request();
    keep_alive_ = parser_->keep_alive();
    Response response;
    if (route_ == nullptr) {
        auto found = context_.router.find(request);
        if (auto* own = std::get_if<Response>(&found)) {
            response = std::move(*own);
        } else {
            route_ = std::get<const Router::Route*>(found);
        }
    }
    if (route_ != nullptr) {
        if (const auto* stream = std::get_if<StreamHandler>(&route_->handler)) {
            co_await call(*stream);
            co_return;
        }
        response = co_await call(std::get<Handler>(route_->handler));
    }
    if (send(response)) co_await send_rest();
}

/// The answer behind which the connection is closed.
asio::awaitable<void> Connection::answer_last(Response response) {
    keep_alive_ = false;
    set_deadline(context_.settings.write_timeout);
    if (send(response)) co_await send_rest();
}

asio::awaitable<Response> Connection::call(const Handler& handler) {
    try {
        co_return co_await handler(parser_->request());
    } catch (const std::exception& error) {
        co_return failure(error);
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
        instead = failure(error);
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
    if (response.status == 401 && ++unauthorized_ >= unauthorized_max) keep_alive_ = false;
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
    std::size_t read = 0;
    while ((!error || error == asio::error::would_block) && read <= linger_max_bytes) {
        const auto [waited] = co_await socket_.async_wait(Socket::wait_read, awaited);
        if (waited || deadline_ <= std::chrono::steady_clock::now()) co_return;
        read += socket_.read_some(asio::buffer(context_.input), error);
    }
}

/// What was thrown goes to the log and to no client.
Response Connection::failure(const std::exception& error) {
    const Request& request = parser_->request();
    const bool world = dynamic_cast<const domain::WorldError*>(&error) != nullptr;
    auto& repeats = world ? context_.unavailable : context_.failures;
    if (const std::size_t count = repeats.occurred(steady_now())) {
        spdlog::log(
            world ? spdlog::level::warn : spdlog::level::err,
            "{} {} is answered with {}: {}{}",
            request.method,
            request.path,
            world ? 503 : 500,
            error.what(),
            domain::times(count)
        );
    }
    if (!world) return problem(500, "internal-error", "The service failed on this request.");
    return unavailable("unavailable", "The service cannot do this at the moment. Try again.");
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
