#include "gateway/http/connection_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <charconv>

namespace gateway::http {
namespace {

namespace asio = boost::asio;
using Buffers = std::vector<asio::const_buffer>;

/// "1a\r\n" for the chunk of this size.
std::string chunk_head(std::size_t size) {
    std::array<char, 18> text{};
    char* end = std::to_chars(text.data(), text.data() + 16, size, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    return {text.data(), end};
}

/// What is left of `buffers` behind their first bytes.
void consume(Buffers& buffers, std::size_t bytes) {
    auto buffer = buffers.begin();
    while (buffer != buffers.end() && bytes >= buffer->size()) bytes -= (buffer++)->size();
    if (buffer != buffers.end()) *buffer += bytes;
    buffers.erase(buffers.begin(), buffer);
}

}  // namespace

asio::awaitable<void> ConnectionStream::answer(Response response) {
    answered_ = true;
    if (connection_.send(response)) co_await connection_.send_rest();
}

asio::awaitable<bool> ConnectionStream::start(int status, Fields headers) {
    started_ = true;
    const int descriptor = connection_.socket_.native_handle();
    // Else a client whose machine is gone is noticed after a quarter of an hour.
    const auto timeout = static_cast<unsigned>(connection_.context_.settings.write_timeout.count());
    setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);

    std::string head;
    append_stream_head(head, status, headers, connection_.head_context());
    connection_.unread_ = {};
    connection_.watch_client();
    if (connection_.send_now(head)) co_await connection_.send_rest();
    connection_.deadline_ = SteadyTime::max();
    co_return !connection_.lost_ && has_body();
}

asio::awaitable<bool> ConnectionStream::write(std::vector<SharedBytes> pieces) {
    Buffers buffers;
    buffers.reserve(pieces.size() + 2);
    buffers.emplace_back();
    std::size_t size = 0;
    for (const SharedBytes& piece : pieces) {
        buffers.push_back(asio::buffer(*piece));
        size += piece->size();
    }
    if (!has_body()) co_return false;
    if (size == 0) co_return !connection_.lost_;  // an empty chunk would end the body
    const std::string head = chunk_head(size);
    if (connection_.parser_->http_1_1()) {
        buffers.front() = asio::buffer(head);
        buffers.push_back(asio::buffer(head.data() + head.size() - 2, 2));
    }
    co_return co_await send(std::move(buffers));
}

void ConnectionStream::on_gone(std::function<void()> gone_handler) {
    on_gone_ = std::move(gone_handler);
    if (gone()) tell_gone();
}

bool ConnectionStream::gone() const { return connection_.lost_ || connection_.context_.draining; }

asio::awaitable<void> ConnectionStream::finish() {
    if (has_body() && !connection_.lost_ && connection_.parser_->http_1_1()) {
        if (connection_.send_now("0\r\n\r\n")) co_await connection_.send_rest();
    }
}

bool ConnectionStream::has_body() const { return connection_.parser_->request().method != "HEAD"; }

void ConnectionStream::tell_gone() {
    if (on_gone_) std::exchange(on_gone_, nullptr)();
}

asio::awaitable<bool> ConnectionStream::send(Buffers buffers) {
    Socket& socket = connection_.socket_;
    const auto timeout = connection_.context_.settings.write_timeout;
    while (!connection_.lost_) {
        boost::system::error_code error;
        const std::size_t sent = socket.write_some(buffers, error);
        consume(buffers, sent);
        if (buffers.empty()) break;
        if (error && error != asio::error::would_block) connection_.lose_client();
        if (sent > 0 || connection_.deadline_ == SteadyTime::max())
            connection_.set_deadline(timeout);
        if (!error) continue;
        const auto [waited] =
            co_await socket.async_wait(Socket::wait_write, asio::as_tuple(asio::use_awaitable));
        if (waited) connection_.lose_client();
    }
    connection_.deadline_ = SteadyTime::max();
    co_return !connection_.lost_;
}

}  // namespace gateway::http
