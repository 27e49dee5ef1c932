#include "gateway/store/store_readers.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace gateway {
namespace {

namespace asio = boost::asio;
using Completion = asio::any_completion_handler<void(std::exception_ptr)>;

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
    Impl(std::function<Stores()> open, std::size_t threads, std::size_t waiting_max)
        : open_(std::move(open)), waiting_max_(waiting_max) {
        for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { read(); });
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
    bool add(Job& job) {
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.size() >= waiting_max_) return false;
            waiting_.push_back(std::move(job));
        }
        changed_.notify_one();
        return true;
    }

  private:
    void read() {
        std::optional<Stores> stores;
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
            if (stopped_) return;
            Job job = std::move(waiting_.front());
            waiting_.pop_front();
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
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> waiting_;
    bool stopped_ = false;
    std::vector<std::thread> threads_;
};

StoreReaders::StoreReaders(
    std::function<Stores()> open,
    std::size_t threads,
    std::size_t waiting_max
)
    : impl_(std::make_unique<Impl>(std::move(open), threads, waiting_max)) {}

StoreReaders::~StoreReaders() = default;

asio::awaitable<void> StoreReaders::run(std::function<void(Stores&)> job) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    auto start = [&](auto handler) {
        Job waiting{
            std::move(job),
            Completion(std::move(handler)),
            asio::prefer(executor, asio::execution::outstanding_work.tracked),
        };
        if (impl_->add(waiting)) return;
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
