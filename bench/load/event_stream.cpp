#include "bench/load/event_stream.hpp"

#include <stdexcept>

namespace bench {

EventStream::EventStream(
    Reactor& reactor,
    const Endpoint& endpoint,
    const std::string& path,
    const std::string& token,
    std::function<void(std::string_view)> on_frame
)
    : Connection(reactor, endpoint), path_(path), on_frame_(std::move(on_frame)) {
    send(
        "GET " + path + " HTTP/1.1\r\nHost: " + endpoint.authority() +
        "\r\nAccept: text/event-stream\r\n" +
        (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") + "\r\n"
    );
}

void EventStream::on_bytes(std::string_view bytes) {
    if (!begun_) {
        head_ += bytes;
        const auto head = read_head(head_);
        if (!head) return;
        if (head->status != 200) {
            throw std::runtime_error("GET " + path_ + " was answered by " + head_);
        }
        begun_ = true;
        chunked_ = head->chunked;
        bytes = std::string_view(head_).substr(head->size);
    }
    if (chunked_) {
        decoder_.feed(bytes, text_);
    } else {
        text_ += bytes;
    }
    take_frames();
    if (decoder_.ended()) throw std::runtime_error("the server ended an event stream");
}

void EventStream::take_frames() {
    std::size_t begin = 0;
    for (auto end = text_.find("\n\n"); end != std::string::npos; end = text_.find("\n\n", begin)) {
        on_frame_(std::string_view(text_).substr(begin, end - begin));
        begin = end + 2;
    }
    text_.erase(0, begin);
}

}  // namespace bench
