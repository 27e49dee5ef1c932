#pragma once

#include "domain/kernel/repeats.hpp"
#include "gateway/http/request_parser.hpp"
#include "gateway/http/response_bytes.hpp"
#include "gateway/http/server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::http {

using SteadyTime = std::chrono::steady_clock::time_point;

inline std::chrono::milliseconds steady_now() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now);
}

// The executor by its own type: the erased one costs a virtual call and 48 bytes per socket.
using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// What the connections of a server share, on its one thread.
struct ServerContext {
    ServerSettings settings;
    const Router& router;
    bool draining = false;
    domain::Repeats unavailable{};  ///< requests answered with 503 since something was thrown
    domain::Repeats failures{};     ///< and with 500
    /// Every read goes here first, so that an idle connection holds no buffer.
    std::array<char, 16 * 1024> input{};
    /// Every answer is put together here, and mostly taken by the kernel at once.
    std::string output{};
    std::time_t date_second = 0;
    std::string date{};
};

/// One client: reads its requests one after another and answers them in order. Time-outs are a time
/// to be looked at by the server's one timer, since a timer for each operation would cost more than
/// the operation.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    Connection(Socket socket, ServerContext& context);

    /// Serves until the connection is over. Once; *this and the context outlive it.
    boost::asio::awaitable<void> run();
    /// Answers 503 and ends: there are too many.
    boost::asio::awaitable<void> refuse();

    void check_deadline(SteadyTime now);
    /// Ends at once where no request is under way, else behind the answer.
    void drain();
    void close();

  private:
    friend class ConnectionStream;

    boost::asio::awaitable<bool> read_request();
    boost::asio::awaitable<bool> more_input();
    void feed(std::string_view bytes);
    void enter_body();
    boost::asio::awaitable<void> answer_request();
    boost::asio::awaitable<void> answer_last(Response response);
    boost::asio::awaitable<Response> call(const Handler& handler);
    boost::asio::awaitable<void> call(const StreamHandler& handler);
    std::optional<Response> look_at_head();
    boost::asio::awaitable<void> send_rest();
    boost::asio::awaitable<void> linger();

    /// Sends as much of the answer as the kernel takes at once. True: send_rest() is needed.
    bool send(const Response& response);
    /// The same for all of `bytes`; the rest is copied to unsent_.
    bool send_now(std::string_view bytes);
    /// The answer in place of one that was thrown.
    Response failure(const std::exception& error);
    HeadContext head_context();
    void watch_client();
    void client_readable(boost::system::error_code error);
    void lose_client();
    void set_deadline(std::chrono::milliseconds from_now);

    Socket socket_;
    ServerContext& context_;
    std::optional<RequestParser> parser_;
    const Router::Route* route_ = nullptr;  ///< of the request, if its head was looked at already
    std::string unread_;  ///< has come behind the request, or is not enough for the parser yet
    std::string unsent_;
    SteadyTime deadline_ = SteadyTime::max();
    bool between_requests_ = false;
    bool keep_alive_ = true;
    bool lost_ = false;                         ///< nothing can be sent any more
    class ConnectionStream* stream_ = nullptr;  ///< while a stream is open
    int unauthorized_ = 0;                      ///< answers that were 401
    std::size_t junk_bytes_ = 0;                ///< sent by the client while a stream was open
};

}  // namespace gateway::http
