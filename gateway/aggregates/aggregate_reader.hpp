#pragma once

#include "domain/kernel/asked.hpp"
#include "domain/kernel/repeats.hpp"
#include "domain/kernel/states.hpp"
#include "domain/ports/clock.hpp"
#include "gateway/aggregates/fold.hpp"
#include "gateway/sse/permission.hpp"
#include "gateway/store/store_readers.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
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

/// Reads aggregates as they are now. One thread of its own reads their events and has them folded,
/// so a history that takes its time keeps nobody from anything but other aggregates. One that
/// cannot be read is not tried again for a while, and costs whoever asked as much as a very long
/// one, so that many of them do not keep the thread from others. Whether a user may read it is
/// asked of its state each time, and of the state that nothing has happened to where there is none,
/// so that the two take the same way. Used on one io_context.
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
    /// store is away, or nobody folds. Null, too, and nothing is read, where that is no longer
    /// wanted when its turn comes.
    boost::asio::awaitable<FoldPtr>
    read(domain::StreamId stream, domain::Issuer user, sse::Ended unwanted = nullptr);

  private:
    FoldStep go_on(
        Stores& stores,
        const domain::StreamId& stream,
        const domain::Issuer& user,
        FoldPtr from,
        std::size_t page_max,
        bool from_snapshot
    );
    /// Where it is whole: only if the user may read it.
    void
    ask(Stores& stores, const domain::StreamId& stream, const domain::Issuer& user, FoldStep& step);
    void save_snapshots(Stores& stores, const Fold& fold);
    bool is_unreadable(const domain::StreamId& stream) const;
    void note_unreadable(const domain::StreamId& stream, const std::string& why);

    const domain::Clock& clock_;
    const AggregateReaderSettings settings_;
    // Of the thread that reads:
    FoldCache folds_;
    std::unordered_map<domain::StreamId, std::chrono::milliseconds, domain::StreamHash>
        unreadable_until_;
    domain::Repeats told_{std::chrono::seconds(10), 10};
    domain::Repeats without_snapshot_;
    StoreReaders readers_;  ///< last, so that it ends first
};

}  // namespace gateway::aggregates
