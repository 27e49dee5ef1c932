#pragma once

#include "bench/load/http_text.hpp"
#include "bench/load/reactor.hpp"

#include <functional>
#include <string>

namespace bench {

/// An event stream, read like an EventSource does.
class EventStream : public Connection {
  public:
    /// `on_frame` gets each frame's lines, `data: ...` and the rest, without the empty line. With
    /// an empty token none is shown.
    EventStream(
        Reactor& reactor,
        const Endpoint& endpoint,
        const std::string& path,
        const std::string& token,
        std::function<void(std::string_view)> on_frame
    );

    bool begun() const { return begun_; }

  private:
    void on_bytes(std::string_view bytes) override;
    void take_frames();

    const std::string path_;
    std::function<void(std::string_view)> on_frame_;
    std::string head_;
    std::string text_;
    ChunkDecoder decoder_;
    bool begun_ = false;
    bool chunked_ = false;
};

}  // namespace bench
