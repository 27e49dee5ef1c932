#include "infra/process/child_process.hpp"

#include "domain/kernel/error.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <mutex>
#include <spawn.h>
#include <unistd.h>

namespace infra::process {
namespace {

// Where a child finds what it is given.
constexpr int socket_of_child = 3;
constexpr int page_of_child = 4;
constexpr int files_of_child = 5;

constexpr rlim_t words_max_bytes = 64 * 1024;
constexpr std::size_t last_words_bytes = 300;

int file_in_memory(const char* name) {
    const int file = memfd_create(name, MFD_CLOEXEC);
    if (file < 0) throw domain::WorldError(std::string("no memory to share: ") + strerror(errno));
    return file;
}

SharedPage* map_page(int file) {
    void* const page =
        mmap(nullptr, sizeof(SharedPage), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) return nullptr;
    return static_cast<SharedPage*>(page);
}

void limit(int resource, rlim_t value) {
    const rlimit both{value, value};
    setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

/// Runs this program, with what is given of us and nothing else.
int spawn(pid_t& pid, const std::vector<std::string>& arguments, int socket, int page, int words) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    // Out of the way first: what is given may have any number, also one of those below.
    constexpr int away = 200;
    posix_spawn_file_actions_adddup2(&files, socket, away);
    posix_spawn_file_actions_adddup2(&files, page, away + 1);
    posix_spawn_file_actions_adddup2(&files, words, away + 2);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, away + 2, 1);
    posix_spawn_file_actions_adddup2(&files, away + 2, 2);
    posix_spawn_file_actions_adddup2(&files, away, socket_of_child);
    posix_spawn_file_actions_adddup2(&files, away + 1, page_of_child);
    posix_spawn_file_actions_addclosefrom_np(&files, files_of_child);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    // A group of its own: what it sends to its group is nobody else's.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    );

    std::vector<char*> words_of_line;
    std::vector<std::string> line{"antiphon"};
    line.insert(line.end(), arguments.begin(), arguments.end());
    for (auto& word : line) words_of_line.push_back(word.data());
    words_of_line.push_back(nullptr);
    char* const environment[] = {nullptr};
    const int error =
        posix_spawn(&pid, "/proc/self/exe", &files, &attributes, words_of_line.data(), environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

/// Those that were killed and were not there to see it: to die takes a process its time, too.
void leave_behind(pid_t pid) {
    static std::mutex mutex;
    static std::vector<pid_t> dying;
    const std::lock_guard lock(mutex);
    dying.push_back(pid);
    std::erase_if(dying, [](pid_t each) { return waitpid(each, nullptr, WNOHANG) != 0; });
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, int niceness)
    : words_(file_in_memory("words")), page_file_(file_in_memory("page")) {
    int ends[2] = {-1, -1};
    int error = 0;
    if (ftruncate(page_file_, sizeof(SharedPage)) != 0 || !(page_ = map_page(page_file_)) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        error = errno;
    } else {
        error = spawn(pid_, arguments, ends[1], page_file_, words_);
        close(ends[1]);
        socket_ = ends[0];
        fcntl(socket_, F_SETFL, O_NONBLOCK);
    }
    if (error == 0) {
        if (niceness > 0) setpriority(PRIO_PROCESS, static_cast<id_t>(pid_), niceness);
        return;
    }
    pid_ = -1;
    close_all();
    if (page_) munmap(page_, sizeof(SharedPage));
    throw domain::WorldError(std::string("cannot start a process: ") + strerror(error));
}

ChildProcess::~ChildProcess() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        leave_behind(pid_);
    }
    close_all();
    if (page_) munmap(page_, sizeof(SharedPage));
}

std::chrono::nanoseconds ChildProcess::used() const {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) return {};
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

ChildProcess::State ChildProcess::state() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
    std::string stat;
    std::getline(file, stat);
    // Behind its name, which may hold anything: proc(5).
    const auto name_end = stat.rfind(") ");
    const char state = name_end < stat.size() - 2 ? stat[name_end + 2] : '?';
    if (state == 'R') return State::runnable;
    return state == 'T' || state == 't' ? State::stopped : State::sleeping;
}

std::string ChildProcess::end() {
    std::string how = "it was never there";
    if (pid_ > 0) {
        // What has ended already keeps its status; this changes nothing about it.
        kill(pid_, SIGKILL);
        int status = 0;
        while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        if (WIFSIGNALED(status)) {
            how = std::string("ended by signal ") + std::to_string(WTERMSIG(status)) + " (" +
                  strsignal(WTERMSIG(status)) + ')';
        } else {
            how = "ended with exit code " + std::to_string(WEXITSTATUS(status));
        }
        if (const auto words = last_words(); !words.empty()) how += ", its last words: " + words;
    }
    return how;
}

void ChildProcess::close_all() {
    for (int* file : {&socket_, &words_, &page_file_}) {
        if (*file >= 0) close(*file);
        *file = -1;
    }
}

std::string ChildProcess::last_words() const {
    const off_t size = lseek(words_, 0, SEEK_END);
    const off_t from = std::max<off_t>(0, size - static_cast<off_t>(last_words_bytes));
    std::string text(last_words_bytes, '\0');
    const ssize_t got = pread(words_, text.data(), text.size(), from);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

ChildEnd become_child(std::uint64_t memory_max_bytes) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int type = 0;
    socklen_t length = sizeof type;
    SharedPage* page = nullptr;
    if (getsockopt(socket_of_child, SOL_SOCKET, SO_TYPE, &type, &length) != 0 ||
        !(page = map_page(page_of_child))) {
        throw domain::SetupError("this role is started by a worker or a gateway, and by nobody else"
        );
    }
    // A process that ends because of its aggregate is no news that fills a disk.
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, words_max_bytes);
    signal(SIGXFSZ, SIG_IGN);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    // The kernel shall take us, and not our parent, when the machine's memory is at its end.
    if (const int score = open("/proc/self/oom_score_adj", O_WRONLY); score >= 0) {
        [[maybe_unused]] const auto ignored = write(score, "1000", 4);
        close(score);
    }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    limit(RLIMIT_NOFILE, files_of_child);
    if (memory_max_bytes > 0) limit(RLIMIT_AS, memory_max_bytes);
#else
    static_cast<void>(memory_max_bytes);  // a sanitizer maps more than there is
#endif
    return {socket_of_child, *page};
}

}  // namespace infra::process
