#include "gateway/commands/intake_wait.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gateway::commands {
namespace {

namespace asio = boost::asio;
using Answer = std::variant<IntakeAnswer, Refusal>;
using Completion = asio::any_completion_handler<void(Answer)>;

}  // namespace

/// Answers on their way from the writer's thread to the one of the coroutines.
class IntakeWait::Mailbox : public std::enable_shared_from_this<Mailbox> {
  public:
    void add(Completion completion, Answer answer, const asio::any_io_executor& executor) {
        {
            const std::lock_guard lock(mutex_);
            letters_.emplace_back(std::move(completion), std::move(answer));
            if (letters_.size() > 1) return;  // whoever put the first has posted
        }
        asio::post(executor, [self = shared_from_this()] { self->deliver(); });
    }

  private:
    void deliver() {
        std::vector<std::pair<Completion, Answer>> letters;
        {
            const std::lock_guard lock(mutex_);
            letters.swap(letters_);
        }
        for (auto& [completion, answer] : letters) std::move(completion)(std::move(answer));
    }

    std::mutex mutex_;
    std::vector<std::pair<Completion, Answer>> letters_;
};

IntakeWait::IntakeWait(Intake& intake) : intake_(intake), mailbox_(std::make_shared<Mailbox>()) {}

IntakeWait::~IntakeWait() = default;

asio::awaitable<Answer> IntakeWait::offer(domain::NewCommand command) {
    // Tracked, so that the io_context waits for what the writer still has to answer.
    const asio::any_io_executor executor =
        asio::prefer(co_await asio::this_coro::executor, asio::execution::outstanding_work.tracked);
    auto start = [&](auto handler) {
        // Shared, since std::function copies and a completion does not.
        auto completion = std::make_shared<Completion>(std::move(handler));
        auto answer = [mailbox = mailbox_, completion, executor](IntakeAnswer acceptance) {
            mailbox->add(std::move(*completion), std::move(acceptance), executor);
        };
        if (const auto refusal = intake_.offer(std::move(command), std::move(answer)))
            mailbox_->add(std::move(*completion), *refusal, executor);
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Answer)>(
        std::move(start), asio::use_awaitable
    );
}

}  // namespace gateway::commands
