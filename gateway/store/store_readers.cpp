#include "gateway/store/store_readers.hpp"

#include "gateway/limits/fair_queue.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace gateway {
namespace {

namespace asio = boost::asio;
using Completion = asio::any_completion_handler<void(std::exception_ptr)>;

// What a page of an event stream holds at most, unless it was set otherwise.
constexpr std::size_t page_events = 200;
constexpr std::size_t page_bytes = 256 * 1024;

struct Job {
    std::function<void(Stores&)> run;
    Completion completion;
    asio::any_io_executor executor;  ///< counts as work, so that its context waits for the result
};

void complete(Job job, std::exception_ptr error) {
    asio::post(job.executor, [completion = std::move(job.completion), error]() mutable {
        std::move(completion)(error);
    });
}

}  // namespace

class StoreReaders::Impl {
  public:
    Impl(std::function<Stores()> open, const ReadersSettings& settings)
        : open_(std::move(open)), waiting_max_(settings.waiting_max) {
        for (std::size_t i = 0; i < settings.threads; ++i)
            threads_.emplace_back([this] { read(); });
    }

    ~Impl() {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        changed_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }

    /// Leaves the job with its giver when there are too many.
    bool add(const std::string& user, Job& job) {
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.size() >= waiting_max_) return false;
            waiting_.push(user, std::move(job));
        }
        changed_.notify_one();
        return true;
    }

    struct Waiting {
        std::size_t all = 0;
        std::size_t of_user = 0;
    };
    Waiting waiting(const std::string& user) const {
        const std::lock_guard lock(mutex_);
        return {waiting_.size(), waiting_.share_of(user).count};
    }

  private:
    void read() {
        std::optional<Stores> stores;
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
            if (stopped_) return;
            Job job = waiting_.pop();
            lock.unlock();
            std::exception_ptr error;
            try {
                if (!stores) stores = open_();
                job.run(*stores);
            } catch (...) {
                error = std::current_exception();  // is thrown where the result is awaited
            }
            complete(std::move(job), error);
            lock.lock();
        }
    }

    const std::function<Stores()> open_;
    const std::size_t waiting_max_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    FairQueue<Job> waiting_;
    bool stopped_ = false;
    std::vector<std::thread> threads_;
};

StoreReaders::StoreReaders(
    std::function<Stores()> open,
    RateLimiter& rate,
    ReadersSettings settings
)
    : rate_(rate), settings_(settings), impl_(std::make_unique<Impl>(std::move(open), settings)) {}

StoreReaders::~StoreReaders() = default;

std::optional<ReadRefusal> StoreReaders::admit(const std::string& user) {
    const auto waiting = impl_->waiting(user);
    if (waiting.all >= settings_.waiting_max) return ReadRefusal{ReadRefusal::Why::overloaded};
    const auto share = settings_.waiting_max * settings_.waiting_max_per_user_percent / 100;
    if (waiting.of_user >= std::max<std::size_t>(share, 1))
        return ReadRefusal{ReadRefusal::Why::user_overloaded};
    if (const auto wait = rate_.take(user)) return ReadRefusal{ReadRefusal::Why::too_fast, *wait};
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> StoreReaders::pace(const std::string& user) {
    return rate_.take(user);
}

void StoreReaders::charge(const std::string& user, std::size_t events, std::size_t bytes) {
    rate_.charge(user, static_cast<std::int64_t>(events / page_events + bytes / page_bytes));
}

asio::awaitable<void> StoreReaders::run(std::string user, std::function<void(Stores&)> job) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    auto start = [&](auto handler) {
        Job waiting{
            std::move(job),
            Completion(std::move(handler)),
            asio::prefer(executor, asio::execution::outstanding_work.tracked),
        };
        if (impl_->add(user, waiting)) return;
        complete(
            std::move(waiting),
            std::make_exception_ptr(ReadersBusy("too many reads of the store wait already"))
        );
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        std::move(start), asio::use_awaitable
    );
}

}  // namespace gateway
