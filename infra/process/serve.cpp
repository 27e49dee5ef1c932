#include "infra/process/serve.hpp"

#include "infra/process/frames.hpp"
#include "infra/process/under_way.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace infra::process {
namespace {

class Server {
  public:
    Server(ChildEnd end, const std::function<Served(TellUnderWay)>& make)
        : end_(end), served_(make([this](std::size_t command, bool folding) {
              tell({command, folding});
          })) {}

    void run() {
        std::array<char, 64 * 1024> bytes;
        Frame frame;
        for (;;) {
            while (reader_.next(frame)) {
                take(frame);
                tell({});
            }
            const ssize_t got = recv(end_.socket, bytes.data(), bytes.size(), 0);
            if (got == 0 || (got < 0 && errno != EINTR)) return;
            if (got > 0) reader_.add({bytes.data(), static_cast<std::size_t>(got)});
        }
    }

  private:
    void tell(UnderWay under_way) {
        end_.page.under_way.store(under_way.number(++count_), std::memory_order_relaxed);
    }

    void take(const Frame& frame) {
        if (frame.kind == FrameKind::fold) return fold(fold_request_of(frame.body));
        if (frame.kind == FrameKind::may_read) return may_read(read_request_of(frame.body));
        if (frame.kind == FrameKind::check) return check(check_request_of(frame.body));
        if (frame.kind == FrameKind::restore_fold) return restore(snapshots_of(frame.body));
        domain::Decider& decider = *served_.decider;
        if (frame.kind == FrameKind::undo) return decider.undo();
        if (frame.kind == FrameKind::restore) return decider.restore(snapshots_of(frame.body));
        if (frame.kind == FrameKind::forget) {
            const Forgotten gone = forgotten_of(frame.body);
            return decider.forget(gone.partitions, gone.of);
        }
        if (frame.kind == FrameKind::batch) {
            const BatchRequest asked = batch_request_of(frame.body);
            decider.begin(asked.batch, asked.held, {});
        } else {
            decider.give(page_of(frame.body), frame.kind == FrameKind::last_page);
        }
        const domain::Progress progress = decider.wait({});
        if (const auto* wanted = std::get_if<domain::Wanted>(&progress)) {
            send_all(wanted_frame(*wanted));
        } else {
            const auto& verdicts = std::get<domain::Verdicts>(progress);
            send_all(verdicts_frame(verdicts, decider.snapshots()));
        }
    }

    void fold(const FoldRequest& asked) {
        const auto answer =
            served_.folder->fold(asked.stream, asked.after, asked.events, asked.last);
        send_all(folded_frame(answer, served_.folder->snapshots()));
    }

    void restore(const std::vector<domain::Snapshot>& one) {
        send_all(restored_frame(served_.folder->restore(one.at(0))));
    }

    void may_read(const ReadRequest& asked) {
        send_all(readable_frame(served_.folder->may_read(asked.stream, asked.asked)));
    }

    /// Faults go out at once: what ends this process later does not take them along.
    void check(const CheckRequest& asked) {
        const domain::TellFound tell{
            .fault = [this](const auto& fault) { send_all(fault_frame(fault)); },
            .keys = [this](const auto& own) { send_all(keys_frame(own)); }};
        served_.checker->check(asked.events, asked.kept, tell);
        send_all(checked_frame());
    }

    void send_all(const std::string& frame) {
        std::string_view left = frame;
        while (!left.empty()) {
            const ssize_t sent = send(end_.socket, left.data(), left.size(), MSG_NOSIGNAL);
            if (sent > 0) left.remove_prefix(static_cast<std::size_t>(sent));
            if (sent < 0 && errno != EINTR) return;  // the next recv says that nobody is there
        }
    }

    ChildEnd end_;
    std::uint32_t count_ = 0;
    FrameReader reader_;
    Served served_;
};

}  // namespace

void serve(ChildEnd end, const std::function<Served(TellUnderWay)>& make) {
    Server(end, make).run();
}

}  // namespace infra::process
