#include "gateway/aggregates/aggregate_reader.hpp"

#include "domain/kernel/page_size.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace gateway::aggregates {
namespace {

using namespace std::chrono_literals;

/// For how long a history that could not be read is not tried again, and of how many this is known.
constexpr auto unreadable_for = 10s;
constexpr std::size_t unreadable_max = 1'000;

/// What such a one costs: as a history of so many events. It may take a process and its states, and
/// a time-out.
constexpr std::size_t unreadable_events = 100'000;

/// How often one read may begin anew. Each time what was known had gone: the log was restored, or
/// the folder has lost its states or needs the room for others.
constexpr int anew_max = 5;

ReadersSettings with_one_thread(ReadersSettings readers) {
    readers.threads = 1;
    return readers;
}

}  // namespace

AggregateReader::AggregateReader(
    std::function<Stores()> open,
    RateLimiter& rate,
    const domain::Clock& clock,
    ReadersSettings readers,
    AggregateReaderSettings settings
)
    : clock_(clock),
      settings_(settings),
      folds_(settings.folds_max, settings.folds_max_bytes),
      readers_(std::move(open), rate, with_one_thread(readers)) {}

boost::asio::awaitable<FoldPtr>
AggregateReader::read(domain::StreamId stream, domain::Issuer user) {
    return answer({std::move(stream), std::move(user), nullptr, ++questions_});
}

boost::asio::awaitable<FoldPtr>
AggregateReader::read_again(domain::StreamId stream, domain::Issuer user, sse::Ended ended) {
    return answer({std::move(stream), std::move(user), std::move(ended), ++questions_});
}

boost::asio::awaitable<FoldPtr> AggregateReader::answer(Question question) {
    const std::string key = domain::user_key(question.user);
    FoldPtr fold;
    domain::PageSize size(settings_.page_max);
    for (int anew = 0; anew <= anew_max;) {
        // A page at a time, so that a long history does not keep the thread from others.
        const std::size_t page_max = size.next();
        // A snapshot may be what has ended the folder: whoever begins anew does so without.
        const bool from_snapshot = anew == 0;
        std::function<FoldStep(Stores&)> page = [=, this](Stores& stores) {
            if (question.ended && *question.ended) return FoldStep{};
            return go_on(stores, question, fold, page_max, from_snapshot);
        };
        const FoldStep step = co_await readers_.read(key, std::move(page));
        readers_.charge(key, step.events, step.bytes);
        if (step.events > 0) size.came(step.events, step.bytes);
        fold = step.fold;
        if (!fold || fold->whole) co_return fold;
        if (fold->version.value == 0) ++anew;
    }
    throw domain::WorldError("the states of aggregates are lost sooner than they are folded");
}

/// Whoever else reads the same aggregate has brought it as far as it is: they go on from there.
FoldStep AggregateReader::go_on(
    Stores& stores,
    const Question& question,
    FoldPtr from,
    std::size_t page_max,
    bool from_snapshot
) {
    const domain::StreamId& stream = question.stream;
    if (is_unreadable(stream)) return {};
    if (FoldPtr known = folds_.find(stream)) from = std::move(known);
    FoldStep step = fold(stores, question, from, page_max);
    // One page is as soon read as a snapshot; whatever is longer goes on behind that.
    const bool begun = !from && step.fold && step.fold->version.value > 0;
    if (from_snapshot && begun && !step.fold->whole) {
        FoldStep later =
            restore(*stores.events, *stores.snapshots, *stores.folder, stream, step.fold->version);
        step.bytes += later.bytes;
        if (later.fold) step.fold = std::move(later.fold);
    }
    if (!step.fold) {
        note_unreadable(stream, step.unreadable);
        step.events += unreadable_events;
    } else if (from || step.fold->version.value > 0) {  // what is not there takes nobody's room
        folds_.put(stream, step.fold);
    }
    if (step.fold && step.fold->whole) {
        save_snapshots(stores, *step.fold);
        ask(stores, stream, question.user, step);
    }
    return step;
}

FoldStep AggregateReader::fold(
    Stores& stores,
    const Question& question,
    const FoldPtr& from,
    std::size_t page_max
) {
    // Of who was not let in, the time would tell that somebody else has read it.
    const bool may_share = question.ended && question.number <= newest_.questions;
    if (may_share && from && from->whole && newest_.stream == question.stream)
        return {.fold = from};
    const std::uint64_t asked = questions_;
    FoldStep step = fold_on(*stores.events, *stores.folder, question.stream, from, page_max);
    newest_ = {question.stream, asked};
    return step;
}

void AggregateReader::save_snapshots(Stores& stores, const Fold& fold) {
    for (domain::TakenSnapshot& taken : stores.folder->snapshots()) {
        if (!taken.failure.empty()) {
            if (const auto count = without_snapshot_.occurred(clock_.elapsed()))
                spdlog::warn("{}{}", domain::describe_failure(taken), domain::times(count));
        } else if (taken.stream == fold.last.stream && taken.version == fold.version) {
            const std::int64_t incarnation = stores.events->head().incarnation;
            stores.snapshots->save(domain::snapshot_of(std::move(taken), fold.last, incarnation));
        }
    }
}

void AggregateReader::ask(
    Stores& stores,
    const domain::StreamId& stream,
    const domain::Issuer& user,
    FoldStep& step
) {
    const domain::Asked asked{
        .user = user,
        .time = clock_.now(),
        .entity = stream.entity,
        .version = step.fold->version,
        .claim_names = settings_.claim_names};
    const auto answer = stores.folder->may_read(stream, asked);
    if (const auto* unreadable = std::get_if<domain::Unreadable>(&answer)) {
        note_unreadable(stream, unreadable->reason);
        step.fold = nullptr;
        step.events += unreadable_events;
    } else if (std::holds_alternative<domain::Lacking>(answer)) {
        step.fold = std::make_shared<const Fold>();
        folds_.put(stream, step.fold);
    } else if (!std::get<bool>(answer)) {
        step.fold = std::make_shared<const Fold>(Fold{.version = {}, .whole = true});
    }
}

bool AggregateReader::is_unreadable(const domain::StreamId& stream) const {
    const auto found = unreadable_until_.find(stream);
    return found != unreadable_until_.end() && clock_.elapsed() < found->second;
}

void AggregateReader::note_unreadable(const domain::StreamId& stream, const std::string& why) {
    const auto now = clock_.elapsed();
    if (unreadable_until_.size() >= unreadable_max) unreadable_until_.clear();
    unreadable_until_[stream] = now + unreadable_for;
    const std::string line =
        stream.category + ' ' + stream.entity + " cannot be shown, unreadable-history: " + why;
    if (const auto count = told_.occurred(now, 1, line))
        spdlog::error("{}{}", line, domain::times(count));
}

}  // namespace gateway::aggregates
