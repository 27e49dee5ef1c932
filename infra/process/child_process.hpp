#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace infra::process {

/// What a child says of itself in memory that both see: it is read also when the child is dead.
struct SharedPage {
    /// Changes whenever the child gets on.
    std::atomic<std::uint64_t> under_way{0};
};

/// This very program, started again with arguments of its own, and with nothing else: no
/// environment, no open file of ours, no right to open one. It has one end of a socket, the shared
/// page, and its words to nobody are kept, for the case that they are its last. Ends with the
/// object, and with the thread that made it. Used by that thread.
class ChildProcess {
  public:
    /// `niceness`: by how much others go before it. Throws domain::WorldError when no process can
    /// be made.
    ChildProcess(const std::vector<std::string>& arguments, int niceness);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    int socket() const { return socket_; }  ///< does not block
    std::uint64_t under_way() const { return page_->under_way.load(std::memory_order_relaxed); }

    /// The processor's time that it has used.
    std::chrono::nanoseconds used() const;

    enum class State {
        runnable,  ///< or it would run if there were a processor for it
        sleeping,
        stopped,  ///< by a signal
    };
    State state() const;

    /// Kills it, if it is still there, waits for its end, and tells of it, for an operator.
    std::string end();

  private:
    void close_all();
    std::string last_words() const;

    int socket_ = -1;
    int words_ = -1;
    int page_file_ = -1;
    SharedPage* page_ = nullptr;
    pid_t pid_ = -1;
};

/// The other side, of a process that was started so.
struct ChildEnd {
    int socket;
    SharedPage& page;
};

/// Takes what the parent has left us, and gives up every other right. Throws domain::SetupError
/// when nobody has.
ChildEnd become_child(std::uint64_t memory_max_bytes);

}  // namespace infra::process
