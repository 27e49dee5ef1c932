#include "gateway/sse/subscription.hpp"

#include <algorithm>
#include <utility>

namespace gateway::sse {

Subscription::Subscription(
    Hub& hub,
    std::string subject,
    std::string requested,
    const SseSettings& settings,
    std::function<void()> wake
)
    : hub_(hub),
      subject_(std::move(subject)),
      requested_(std::move(requested)),
      settings_(settings),
      wake_(std::move(wake)),
      heads_before_(hub.heads()),
      cursor_(domain::parse_cursor(requested_)) {
    hub_.add(subject_, *this);
    catch_up();
}

Subscription::~Subscription() { hub_.remove(subject_, *this); }

Subscription::Next Subscription::next() const {
    if (!outbox_.empty()) return Next::send;
    if (ended_) return Next::end;
    if (!live_) return Next::read;
    return queue_.empty() ? Next::wait : Next::send;
}

void Subscription::page(Page page) {
    if (!opened_ && !open(page.head)) return;
    if (cursor_->incarnation != page.head.incarnation) {
        ended_ = true;
        return;
    }
    for (Frame& frame : page.frames) {
        cursor_->position = frame.position;
        outbox_.push_back(std::move(frame.bytes));
    }
    if (!page.whole) return;
    cursor_->position = std::max(cursor_->position, page.head.position);
    live_ = page.head.position >= seam_;
}

/// Says how the stream begins. False: cannot be told yet, since this head may be a replica's.
bool Subscription::open(const domain::Cursor& head) {
    if (requested_.empty()) {
        outbox_.push_back(ready_frame(head));
    } else if (!cursor_) {
        outbox_.push_back(reset_frame(requested_, "malformed", head));
    } else if (cursor_->incarnation != head.incarnation) {
        outbox_.push_back(reset_frame(requested_, "other-incarnation", head));
    } else if (cursor_->position > head.position) {
        if (!beyond_the_log()) return false;
        outbox_.push_back(reset_frame(requested_, "above-head", head));
    }
    if (!outbox_.empty()) cursor_ = head;
    opened_ = true;
    return true;
}

/// Is the client's cursor above the log's head, as it was after the client came?
bool Subscription::beyond_the_log() const {
    return hub_.heads() >= heads_before_ + 2 && cursor_->position > hub_.head();
}

std::vector<SharedBytes> Subscription::take() {
    std::vector<SharedBytes> bytes = std::exchange(outbox_, {});
    if (!live_) return bytes;
    for (Frame& frame : std::exchange(queue_, {})) {
        const bool notification = frame.position == domain::Position{};
        if (!notification && frame.position <= cursor_->position) continue;
        if (!notification) cursor_->position = frame.position;
        bytes.push_back(std::move(frame.bytes));
    }
    queue_bytes_ = 0;
    return bytes;
}

bool Subscription::live(const Frame& frame) {
    wake_();
    const std::size_t bytes = queue_bytes_ + frame.bytes->size();
    if (queue_.size() == settings_.queue_frames_max || bytes > settings_.queue_bytes_max) {
        catch_up();
        return false;
    }
    queue_.push_back(frame);
    queue_bytes_ = bytes;
    return true;
}

void Subscription::behind() {
    wake_();
    catch_up();
}

/// What the hub has brought and not yet sent is forgotten: the store has it. The queue then fills
/// with what lies above the seam.
void Subscription::catch_up() {
    live_ = false;
    seam_ = hub_.position(subject_);
    queue_ = {};
    queue_bytes_ = 0;
}

}  // namespace gateway::sse
