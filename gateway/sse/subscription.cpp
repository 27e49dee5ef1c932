#include "gateway/sse/subscription.hpp"

#include <algorithm>
#include <utility>

namespace gateway::sse {

Subscription::Subscription(
    Hub& hub,
    std::shared_ptr<const Sequence> sequence,
    Begin begin,
    std::string requested,
    const SseSettings& settings,
    std::function<void()> wake
)
    : hub_(hub),
      sequence_(std::move(sequence)),
      begin_(std::move(begin)),
      requested_(std::move(requested)),
      settings_(settings),
      wake_(std::move(wake)),
      heads_before_(hub.heads()),
      place_(sequence_->parse(requested_)) {
    hub_.add(sequence_->key(), *this);
    catch_up();
}

Subscription::~Subscription() { hub_.remove(sequence_->key(), *this); }

Subscription::Next Subscription::next() const {
    if (!outbox_.empty()) return Next::send;
    if (ended_) return Next::end;
    if (!live_) return Next::read;
    return queue_.empty() ? Next::wait : Next::send;
}

void Subscription::page(Page page) {
    if (!opened_ && !open(page)) return;
    if (place_->incarnation != page.head.incarnation) {
        ended_ = true;
        return;
    }
    for (Frame& frame : page.frames) outbox_.push_back(std::move(frame.bytes));
    place_->number = std::max(place_->number, page.reached);
    live_ = page.whole && page.head.position >= seam_;
}

/// Says how the stream begins. False: cannot be told yet, since this page may be a replica's.
bool Subscription::open(const Page& page) {
    if (requested_.empty()) {
        begin(page.head, {});
    } else if (!place_) {
        begin(page.head, "malformed");
    } else if (place_->incarnation != page.head.incarnation) {
        begin(page.head, "other-incarnation");
    } else if (!page.known) {
        if (!beyond_the_log(page.head)) return false;
        begin(page.head, "above-head");
    }
    begin_ = nullptr;
    opened_ = true;
    return true;
}

void Subscription::begin(const domain::Cursor& head, std::string_view reason) {
    Frame first = begin_(head, requested_, reason);
    place_ = {head.incarnation, first.place};
    outbox_.push_back(std::move(first.bytes));
}

/// Does what is not known at this head lie beyond the log as it was after the client came?
bool Subscription::beyond_the_log(const domain::Cursor& head) const {
    return hub_.heads() >= heads_before_ + 2 && head.position >= hub_.head();
}

std::vector<SharedBytes> Subscription::take() {
    std::vector<SharedBytes> bytes = std::exchange(outbox_, {});
    if (!live_) return bytes;
    for (Frame& frame : std::exchange(queue_, {})) {
        const bool notification = frame.place == 0;
        if (!notification && frame.place <= place_->number) continue;
        if (sequence_->dense() && frame.place > place_->number + 1) {
            catch_up();
            break;
        }
        if (!notification) place_->number = frame.place;
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
    seam_ = hub_.position(sequence_->key());
    queue_ = {};
    queue_bytes_ = 0;
}

}  // namespace gateway::sse
