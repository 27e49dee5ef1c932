#include "gateway/store/store_readers.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace gateway {
namespace {

namespace asio = boost::asio;

/// Holds back whoever passes until it is opened.
class Gate {
  public:
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void pass() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return open_; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

class StoreReadersSpec : public ::testing::Test {
  protected:
    std::function<Stores()> open() {
        return [this] {
            ++opened_;
            return Stores{
                std::make_unique<infra::memory::MemoryCommandLog>(store_),
                std::make_unique<infra::memory::MemoryEventLog>(store_),
            };
        };
    }

    /// Starts a read whose result, or "busy" or "away", is added to results_.
    void start(StoreReaders& readers, std::function<std::string(Stores&)> read) {
        asio::co_spawn(
            io_,
            readers.read(std::move(read)),
            [this](std::exception_ptr error, std::string result) {
                EXPECT_EQ(std::this_thread::get_id(), thread_);
                try {
                    if (error) std::rethrow_exception(error);
                } catch (const ReadersBusy&) {
                    result = "busy";
                } catch (const domain::WorldError&) {
                    result = "away";
                }
                results_.push_back(result);
            }
        );
    }

    infra::memory::MemoryStore store_;
    asio::io_context io_{1};
    std::thread::id thread_ = std::this_thread::get_id();
    std::atomic<int> opened_ = 0;
    std::vector<std::string> results_;
};

TEST_F(StoreReadersSpec, GivesTheResultBackToItsThread) {
    StoreReaders readers(open(), 1, 10);
    EXPECT_EQ(opened_, 0);  // a store that is away at the start is no reason to stop
    for (int i = 0; i < 3; ++i)
        start(readers, [](Stores& stores) { return to_string(stores.events->head()); });
    io_.run();
    EXPECT_EQ(results_, (std::vector<std::string>{"1-0", "1-0", "1-0"}));
    EXPECT_EQ(opened_, 1);
}

TEST_F(StoreReadersSpec, ThrowsWhatTheStoreThrows) {
    StoreReaders readers(open(), 1, 10);
    store_.fail_next(1);
    for (int i = 0; i < 2; ++i)
        start(readers, [](Stores& stores) { return to_string(stores.events->head()); });
    io_.run();
    EXPECT_EQ(results_, (std::vector<std::string>{"away", "1-0"}));
}

TEST_F(StoreReadersSpec, OpensAgainWhatCouldNotBeOpened) {
    int tries = 0;
    StoreReaders readers(
        [&] {
            if (++tries == 1) throw domain::WorldError("not yet");
            return open()();
        },
        1,
        10
    );
    for (int i = 0; i < 2; ++i) start(readers, [](Stores&) { return std::string("read"); });
    io_.run();
    EXPECT_EQ(results_, (std::vector<std::string>{"away", "read"}));
}

TEST_F(StoreReadersSpec, RefusesMoreThanMayWait) {
    Gate gate;
    std::atomic<bool> running = false;
    StoreReaders readers(open(), 1, 1);
    start(readers, [&](Stores&) {
        running = true;
        gate.pass();
        return std::string("first");
    });
    while (!running) io_.poll();
    start(readers, [](Stores&) { return std::string("second"); });
    start(readers, [](Stores&) { return std::string("third"); });
    while (results_.empty()) io_.poll();
    EXPECT_EQ(results_, std::vector<std::string>{"busy"});
    gate.open();
    io_.run();
    EXPECT_EQ(results_, (std::vector<std::string>{"busy", "first", "second"}));
}

TEST_F(StoreReadersSpec, FinishesWhatRunsAtItsEnd) {
    Gate gate;
    std::atomic<bool> running = false;
    auto readers = std::make_unique<StoreReaders>(open(), 1, 9);
    start(*readers, [&](Stores&) {
        running = true;
        gate.pass();
        return std::string("first");
    });
    while (!running) io_.poll();
    start(*readers, [](Stores&) { return std::string("second"); });
    io_.poll();
    std::thread opener([&] { gate.open(); });
    readers.reset();
    opener.join();
    io_.poll();
    ASSERT_FALSE(results_.empty());
    EXPECT_EQ(results_.front(), "first");
}

}  // namespace
}  // namespace gateway
