#pragma once

#include "domain/kernel/asked.hpp"
#include "domain/kernel/repeats.hpp"
#include "domain/kernel/states.hpp"
#include "domain/ports/clock.hpp"
#include "gateway/aggregates/aggregate_events.hpp"
#include "gateway/aggregates/fold.hpp"
#include "gateway/sse/permission.hpp"
#include "gateway/store/store_readers.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

namespace gateway::aggregates {

struct AggregateReaderSettings {
    std::size_t page_max = 1'000;   ///< events read at once
    std::size_t folds_max = 1'000;  ///< aggregates kept as they were shown last
    std::size_t folds_max_bytes = 16 * 1024 * 1024;
    domain::ClaimNames claim_names{};
};

/// Reads aggregates as they are now, and as they were. One thread of its own reads their events and
/// has them folded, so a history that takes its time keeps nobody from anything but other
/// aggregates. One that cannot be read is not tried again for a while, and costs whoever asked as
/// much as a very long one, so that many of them do not keep the thread from others. Whether a user
/// may read it is asked of its state each time, and of the state that nothing has happened to where
/// there is none, so that the two take the same way. Used on one io_context.
class AggregateReader {
  public:
    /// `open`: with a folder and snapshots. What is read is weighed by `rate`.
    AggregateReader(
        std::function<Stores()> open,
        RateLimiter& rate,
        const domain::Clock& clock,
        ReadersSettings readers = {},
        AggregateReaderSettings settings = {}
    );

    /// See StoreReaders.
    std::optional<ReadRefusal> admit(const std::string& user) { return readers_.admit(user); }

    /// The whole of it, at version 0 if it has no events, or none that the user may read; null if
    /// its history is unreadable, which is in the log then. Throws domain::WorldError when the
    /// store is away, or nobody folds.
    boost::asio::awaitable<FoldPtr> read(domain::StreamId stream, domain::Issuer user);

    /// The same, for a stream of it that was let in: what was read after this was asked, for
    /// another, is not read again, since thousands may follow one aggregate. Null, too, and nothing
    /// is read, where the stream has ended when its turn comes.
    boost::asio::awaitable<FoldPtr>
    read_again(domain::StreamId stream, domain::Issuer user, sse::Ended ended);

    /// The past, for a user who may read the present: ask for that first.

    /// As it was at that version, above 0, if the user might read that, too; as for read(), else.
    /// At a lower version where there are no more.
    boost::asio::awaitable<FoldPtr>
    read_past(domain::StreamId stream, domain::Issuer user, domain::StreamVersion version);

    /// See domain::version_at.
    boost::asio::awaitable<domain::StreamVersion>
    version_at(domain::StreamId stream, domain::Issuer user, domain::Timestamp time);

    /// See read_events().
    boost::asio::awaitable<EventsPage>
    events(domain::StreamCursor behind, domain::Issuer user, std::size_t limit);

  private:
    /// What is asked.
    struct Question {
        FoldOf what;
        domain::Issuer user;
        sse::Ended ended{};        ///< of a stream that was let in; else null
        std::uint64_t number = 0;  ///< questions are counted as they are asked
    };
    /// The newest reading of all: who had asked before it began.
    struct Reading {
        domain::StreamId stream{};
        std::uint64_t questions = 0;
    };

    boost::asio::awaitable<FoldPtr> answer(Question question);
    FoldStep go_on(
        Stores& stores,
        const Question& question,
        FoldPtr from,
        std::size_t page_max,
        bool from_snapshot
    );
    FoldStep
    fold(Stores& stores, const Question& question, const FoldPtr& from, std::size_t page_max);
    /// Where it is whole: only if the user may read it.
    void ask(Stores& stores, const Question& question, FoldStep& step);
    void save_snapshots(Stores& stores, const Fold& fold);
    bool is_unreadable(const domain::StreamId& stream) const;
    void note_unreadable(const FoldOf& what, const std::string& why);

    const domain::Clock& clock_;
    const AggregateReaderSettings settings_;
    std::atomic<std::uint64_t> questions_ = 0;
    // Of the thread that reads:
    Reading newest_;
    FoldCache folds_;
    std::unordered_map<domain::StreamId, std::chrono::milliseconds, domain::StreamHash>
        unreadable_until_;
    domain::Repeats told_{std::chrono::seconds(10), 10};
    domain::Repeats without_snapshot_;
    StoreReaders readers_;  ///< last, so that it ends first
};

}  // namespace gateway::aggregates
