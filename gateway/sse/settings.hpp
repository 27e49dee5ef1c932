#pragma once

#include <chrono>
#include <cstddef>

namespace gateway::sse {

/// What one event stream may use, and its pace. Bound as `sse.…`.
struct SseSettings {
    /// Open streams of one user on this gateway; the next one is answered with 429.
    std::size_t connections_per_user_max = 16;
    /// What waits for a client that reads slowly. Over it, the stream falls back to the store.
    std::size_t queue_frames_max = 256;
    std::size_t queue_bytes_max = 256 * 1024;
    /// What is read from the store in one go. Over the bytes, a page ends early (never before its
    /// first event).
    std::size_t page_events_max = 200;
    std::size_t page_bytes_max = 256 * 1024;
    /// A comment is sent after this long without anything else: proxies cut silent streams from 30
    /// s.
    std::chrono::milliseconds heartbeat{15'000};
    /// Clients come back after `retry` and a random part of `retry_jitter`, so never all at once.
    std::chrono::milliseconds retry{2'000};
    std::chrono::milliseconds retry_jitter{3'000};
    /// While this gateway drains, its clients' return is spread over this long.
    std::chrono::milliseconds drain_window{20'000};
    /// Pause before the store is read again when it lags or is away; doubled each time up to the
    /// max.
    std::chrono::milliseconds read_pause{50};
    std::chrono::milliseconds read_pause_max{5'000};
    /// While events come, a stream that not everybody may read asks this often whether its client
    /// still may.
    std::chrono::milliseconds permission_every{5'000};
};

}  // namespace gateway::sse
