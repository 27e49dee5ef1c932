#include "gateway/store/store_readers.hpp"
#include "infra/memory/manual_clock.hpp"
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
    void start(
        StoreReaders& readers,
        std::function<std::string(Stores&)> read,
        const std::string& user = "ada"
    ) {
        asio::co_spawn(
            io_,
            readers.read(user, std::move(read)),
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

    infra::memory::ManualClock clock_;
    RateLimiter rate_{clock_, {.per_s = 2, .burst = 5}};
    infra::memory::MemoryStore store_;
    asio::io_context io_{1};
    std::thread::id thread_ = std::this_thread::get_id();
    std::atomic<int> opened_ = 0;
    std::vector<std::string> results_;
};

TEST_F(StoreReadersSpec, GivesTheResultBackToItsThread) {
    StoreReaders readers(
        open(), rate_, {.threads = 1, .waiting_max = 10, .waiting_max_per_user_percent = 100}
    );
    EXPECT_EQ(opened_, 0);  // a store that is away at the start is no reason to stop
    for (int i = 0; i < 3; ++i)
        start(readers, [](Stores& stores) { return to_string(stores.events->head()); });
    io_.run();
    EXPECT_EQ(results_, (std::vector<std::string>{"1-0", "1-0", "1-0"}));
    EXPECT_EQ(opened_, 1);
}

TEST_F(StoreReadersSpec, ThrowsWhatTheStoreThrows) {
    StoreReaders readers(
        open(), rate_, {.threads = 1, .waiting_max = 10, .waiting_max_per_user_percent = 100}
    );
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
        rate_,
        {.threads = 1}
    );
    for (int i = 0; i < 2; ++i) start(readers, [](Stores&) { return std::string("read"); });
    io_.run();
    EXPECT_EQ(results_, (std::vector<std::string>{"away", "read"}));
}

TEST_F(StoreReadersSpec, RefusesMoreThanMayWait) {
    Gate gate;
    std::atomic<bool> running = false;
    StoreReaders readers(
        open(), rate_, {.threads = 1, .waiting_max = 1, .waiting_max_per_user_percent = 100}
    );
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

TEST_F(StoreReadersSpec, TakesTheUsersInTurn) {
    Gate gate;
    std::atomic<bool> running = false;
    StoreReaders readers(open(), rate_, {.threads = 1, .waiting_max = 1'000});
    std::vector<std::string> order;  // of the one reading thread
    const auto read = [&](const std::string& name) {
        return [&order, name](Stores&) {
            order.push_back(name);
            return name;
        };
    };
    start(readers, [&](Stores&) {
        running = true;
        gate.pass();
        return std::string("first");
    });
    while (!running) io_.poll();
    for (int i = 0; i < 90; ++i) start(readers, read("flood"), "flood");
    start(readers, read("ada"), "ada");
    start(readers, read("bob"), "bob");
    while (io_.poll() > 0) continue;
    gate.open();
    io_.run();
    ASSERT_EQ(order.size(), 92u);
    EXPECT_EQ(order[0] + order[1] + order[2], "floodadabob");
}

TEST_F(StoreReadersSpec, LeavesRoomForOthersThanTheOneWhoFloods) {
    Gate gate;
    std::atomic<bool> running = false;
    RateLimiter any(clock_, {});
    StoreReaders readers(
        open(), any, {.threads = 1, .waiting_max = 20, .waiting_max_per_user_percent = 10}
    );
    const auto quick = [](Stores&) { return std::string("read"); };
    start(readers, [&](Stores&) {
        running = true;
        gate.pass();
        return std::string("first");
    });
    while (!running) io_.poll();
    for (int i = 0; i < 2; ++i) {
        EXPECT_FALSE(readers.admit("flood"));
        start(readers, quick, "flood");
        io_.poll();
    }
    const auto refusal = readers.admit("flood");
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->why, ReadRefusal::Why::user_overloaded);
    EXPECT_FALSE(readers.admit("ada"));
    for (int i = 0; i < 18; ++i) start(readers, quick, "user-" + std::to_string(i));
    io_.poll();
    ASSERT_TRUE(readers.admit("ada"));
    EXPECT_EQ(readers.admit("ada")->why, ReadRefusal::Why::overloaded);
    gate.open();
    io_.run();
}

TEST_F(StoreReadersSpec, WeighsWhatAUserReads) {
    StoreReaders readers(open(), rate_, {.threads = 1});
    EXPECT_FALSE(readers.admit("ada"));
    readers.charge("ada", 1'000, 0);  // as five pages
    const auto refusal = readers.admit("ada");
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->why, ReadRefusal::Why::too_fast);
    EXPECT_EQ(refusal->wait, std::chrono::seconds(1));
    EXPECT_EQ(readers.pace("ada"), std::chrono::seconds(1));
    EXPECT_FALSE(readers.admit("bob"));
    clock_.advance(std::chrono::seconds(1));
    EXPECT_EQ(readers.pace("ada"), std::nullopt);
    readers.charge("bob", 0, 5 * 256 * 1024);  // as five, too
    EXPECT_TRUE(readers.admit("bob"));
}

TEST_F(StoreReadersSpec, FinishesWhatRunsAtItsEnd) {
    Gate gate;
    std::atomic<bool> running = false;
    auto readers = std::make_unique<StoreReaders>(open(), rate_, ReadersSettings{.threads = 1});
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
