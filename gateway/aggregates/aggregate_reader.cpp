#include "gateway/aggregates/aggregate_reader.hpp"

#include "domain/kernel/page_size.hpp"
#include "domain/kernel/version_at.hpp"

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
    return answer({{std::move(stream)}, std::move(user), nullptr, ++questions_});
}

boost::asio::awaitable<FoldPtr>
AggregateReader::read_again(domain::StreamId stream, domain::Issuer user, sse::Ended ended) {
    return answer({{std::move(stream)}, std::move(user), std::move(ended), ++questions_});
}

boost::asio::awaitable<FoldPtr> AggregateReader::read_past(
    domain::StreamId stream,
    domain::Issuer user,
    domain::StreamVersion version
) {
    FoldOf what = past_of(stream, version, user);
    return answer({std::move(what), std::move(user), nullptr, ++questions_});
}

boost::asio::awaitable<domain::StreamVersion>
AggregateReader::version_at(domain::StreamId stream, domain::Issuer user, domain::Timestamp time) {
    struct Found {
        domain::StreamVersion version;
        std::size_t bytes = 0;
    };
    std::function<Found(Stores&)> look = [=](Stores& stores) {
        Found found;
        found.version = domain::version_at(time, [&](domain::StreamVersion version) {
            const domain::StreamCursor before{stream, {version.value - 1}};
            const auto events = stores.events->read_streams(std::span(&before, 1), 1);
            if (events.empty()) return std::optional<domain::Timestamp>();
            found.bytes += events.front().data.size();
            return std::optional(events.front().time);
        });
        return found;
    };
    const std::string key = domain::user_key(user);
    const Found found = co_await readers_.read(key, std::move(look));
    readers_.charge(key, 0, found.bytes);
    co_return found.version;
}

boost::asio::awaitable<EventsPage>
AggregateReader::events(domain::StreamCursor behind, domain::Issuer user, std::size_t limit) {
    std::function<EventsPage(Stores&)> read = [=](Stores& stores) {
        return read_events(*stores.events, behind, limit);
    };
    const std::string key = domain::user_key(user);
    EventsPage page = co_await readers_.read(key, std::move(read));
    readers_.charge(key, page.events, page.bytes);
    co_return page;
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
    const FoldOf& what = question.what;
    if (is_unreadable(what.kept_as)) return {};
    FoldPtr known = folds_.find(what.kept_as);
    if (known && !(what.up_to && known->version > *what.up_to)) from = std::move(known);
    FoldStep step = fold(stores, question, from, page_max);
    // One page is as soon read as a snapshot; whatever is longer goes on behind that.
    const bool begun = !from && step.fold && step.fold->version.value > 0;
    if (from_snapshot && begun && !step.fold->whole) {
        FoldStep later =
            restore(*stores.events, *stores.snapshots, *stores.folder, what, step.fold->version);
        step.bytes += later.bytes;
        if (later.fold) step.fold = std::move(later.fold);
    }
    if (!step.fold) {
        note_unreadable(what, step.unreadable);
        step.events += unreadable_events;
    } else if (from || step.fold->version.value > 0) {  // what is not there takes nobody's room
        folds_.put(what.kept_as, step.fold);
    }
    if (step.fold && step.fold->whole) {
        save_snapshots(stores, *step.fold);
        ask(stores, question, step);
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
    if (may_share && from && from->whole && newest_.stream == question.what.kept_as)
        return {.fold = from};
    const std::uint64_t asked = questions_;
    FoldStep step = fold_on(*stores.events, *stores.folder, question.what, from, page_max);
    newest_ = {question.what.kept_as, asked};
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

void AggregateReader::ask(Stores& stores, const Question& question, FoldStep& step) {
    const FoldOf& what = question.what;
    const domain::Asked asked{
        .user = question.user,
        .time = clock_.now(),
        .entity = what.stream.entity,
        .version = step.fold->version,
        .claim_names = settings_.claim_names};
    const auto answer = stores.folder->may_read(what.kept_as, asked);
    if (const auto* unreadable = std::get_if<domain::Unreadable>(&answer)) {
        note_unreadable(what, unreadable->reason);
        step.fold = nullptr;
        step.events += unreadable_events;
    } else if (std::holds_alternative<domain::Lacking>(answer)) {
        step.fold = std::make_shared<const Fold>();
        folds_.put(what.kept_as, step.fold);
    } else if (!std::get<bool>(answer)) {
        step.fold = std::make_shared<const Fold>(Fold{.version = {}, .whole = true});
    }
}

bool AggregateReader::is_unreadable(const domain::StreamId& stream) const {
    const auto found = unreadable_until_.find(stream);
    return found != unreadable_until_.end() && clock_.elapsed() < found->second;
}

void AggregateReader::note_unreadable(const FoldOf& what, const std::string& why) {
    const auto now = clock_.elapsed();
    if (unreadable_until_.size() >= unreadable_max) unreadable_until_.clear();
    unreadable_until_[what.kept_as] = now + unreadable_for;
    const auto& [category, entity] = what.stream;
    const std::string at =
        what.up_to ? ", version " + std::to_string(what.up_to->value) + ',' : std::string();
    const std::string line =
        category + ' ' + entity + at + " cannot be shown, unreadable-history: " + why;
    if (const auto count = told_.occurred(now, 1, line))
        spdlog::error("{}{}", line, domain::times(count));
}

}  // namespace gateway::aggregates
