#include "services/operations/verify_streams.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace services::operations {
namespace {

constexpr std::size_t page_max = 10'000;
constexpr std::size_t snapshots_max = 20;  ///< of one look: each may have a megabyte
constexpr std::size_t snapshot_bytes_max = 100'000'000;

/// Behind all events of a stream.
constexpr domain::StreamVersion end_of_stream{std::numeric_limits<std::int64_t>::max()};

std::vector<domain::HeldKey> keys_of(const domain::StreamKeys& told) {
    std::vector<domain::HeldKey> keys;
    for (const auto& change : told.keys)
        keys.push_back({told.stream.entity, change.scope, change.key});
    std::ranges::sort(keys);
    return keys;
}

}  // namespace

StreamsPass::StreamsPass(const VerifyParts& parts, domain::StreamId from, TellStoreFault tell)
    : parts_(parts),
      tell_(std::move(tell)),
      forms_(domain::state_forms(parts.aggregates)),
      size_(page_max),
      category_(std::move(from.category)),
      closed_(std::move(from.entity)) {}

std::optional<std::int64_t> StreamsPass::step(std::size_t most) {
    try {
        if (!std::exchange(begun_, true)) begin();
        if (categories_.empty()) return std::nullopt;
        if (const auto rows = next_page(most)) return rows;
        categories_.erase(categories_.begin());
        closed_.clear();
        if (categories_.empty()) return std::nullopt;
        category_ = categories_.front();
        begin_category();
        return 0;
    } catch (...) {
        rewind();  // whoever folds may have lost the state of the stream that it was at
        throw;
    }
}

/// Categories of reservations alone belong to it, too.
void StreamsPass::begin() {
    begun_ = false;
    auto all = parts_.histories.categories();
    const auto reserving = parts_.audit.standing().reserving;
    all.insert(all.end(), reserving.begin(), reserving.end());
    std::set<std::string> sorted(all.begin(), all.end());
    sorted.erase(sorted.begin(), sorted.lower_bound(category_));
    categories_.assign(sorted.begin(), sorted.end());
    if (!categories_.empty()) {
        if (categories_.front() != category_) closed_.clear();
        category_ = categories_.front();
        begin_category();
    }
    begun_ = true;
}

void StreamsPass::begin_category() {
    rewind();
    aggregate_ = domain::find_aggregate(parts_.aggregates, category_);
    if (!aggregate_ && closed_.empty())
        tell_({"history", category_, "this build has no such aggregate, so its events are not read"}
        );
}

void StreamsPass::rewind() {
    at_ = {category_, closed_};
    version_ = end_of_stream;
    own_.clear();
    faulty_.clear();
    misfits_.clear();
    doubted_.clear();
    to_come_.reset();
}

/// The events of a page, and what can be said when they are there; nothing at the end of a
/// category.
std::optional<std::int64_t> StreamsPass::next_page(std::size_t most) {
    const auto limit = std::clamp<std::size_t>(most, 1, size_.next());
    const Page page = parts_.histories.read(at_, version_, limit);
    if (page.empty()) {
        close(std::nullopt);
        return std::nullopt;
    }
    size_.came(page);
    look_at_versions(page);
    if (aggregate_) check(page);
    const std::string before = std::exchange(at_, page.back().stream).entity;
    version_ = page.back().version;
    const auto behind = std::ranges::find_if(page.rbegin(), page.rend(), [&](const auto& event) {
        return event.stream != at_;
    });
    if (behind != page.rend()) {
        close(behind->stream.entity);
    } else if (before != at_.entity) {
        close(before);
    }
    return static_cast<std::int64_t>(page.size());
}

void StreamsPass::look_at_versions(const Page& page) {
    domain::StreamId stream = at_;
    domain::StreamVersion version = version_;
    for (const auto& event : page) {
        if (event.stream != stream) version = {};
        stream = event.stream;
        const domain::StreamVersion expected{version.value + 1};
        version = event.version;
        if (version == expected) continue;
        faulty_.insert(stream.entity);
        tell_(
            {"version",
             describe(stream, expected),
             "there is no such event, and the next one is of version " +
                 std::to_string(version.value)}
        );
    }
}

void StreamsPass::check(const Page& page) {
    const auto kept = kept_for(page);
    if (page.front().stream == at_) own_.erase(at_.entity);
    const domain::TellFound tell{
        .fault =
            [&](const domain::HistoryFault& fault) {
                if (fault.of_snapshot) misfits_.insert(fault.stream.entity);
                if (fault.of_snapshot || faulty_.insert(fault.stream.entity).second)
                    tell_history(fault);
            },
        .keys = [&](const domain::StreamKeys& told) { own_[told.stream.entity] = keys_of(told); }};
    parts_.checker.check(page, kept, tell);
}

/// The snapshots at versions of this page. One that its stream has reached since the page was read
/// is looked at apart.
std::vector<domain::Snapshot> StreamsPass::kept_for(const Page& page) {
    std::vector<domain::Snapshot> all;
    if (to_come_) all.push_back(*std::exchange(to_come_, std::nullopt));
    const auto form = forms_.find(category_);
    if (form == forms_.end()) return {};
    const domain::StreamId& last = page.back().stream;
    for (std::string after = at_.entity;;) {
        const auto some =
            parts_.audit.snapshots(category_, form->second, after, last.entity, snapshots_max);
        all.insert(all.end(), some.begin(), some.end());
        if (some.size() < snapshots_max) break;
        after = some.back().stream.entity;
    }
    std::vector<domain::Snapshot> kept;
    for (auto& snapshot : all) {
        const auto of_it = [&](const auto& event) { return event.stream == snapshot.stream; };
        const auto newest = std::ranges::find_if(page.rbegin(), page.rend(), of_it);
        if (newest != page.rend() && snapshot.version <= newest->version) {
            kept.push_back(std::move(snapshot));
        } else if (snapshot.stream == last) {
            to_come_ = std::move(snapshot);
        } else {
            doubted_.insert(snapshot.stream.entity);
        }
    }
    return kept;
}

/// The streams up to this one have been read to their end; or all.
void StreamsPass::close(const std::optional<std::string>& up_to) {
    const auto within = [&](const std::string& entity) { return !up_to || entity <= *up_to; };
    if (aggregate_) {
        std::map<std::string, Keys> held;
        for (auto& key : parts_.audit.keys(category_, closed_, up_to))
            held[key.entity].push_back(std::move(key));
        for (const auto& [entity, keys] : own_)
            if (within(entity) && held[entity] != keys) doubted_.insert(entity);
        for (const auto& [entity, keys] : held)
            if (!keys.empty() && !own_.contains(entity)) doubted_.insert(entity);
        if (to_come_ && within(to_come_->stream.entity)) {
            doubted_.insert(to_come_->stream.entity);
            to_come_.reset();
        }
        for (const auto& entity : doubted_)
            if (within(entity) && !faulty_.contains(entity)) look_again(entity);
    }
    if (!up_to) return;
    closed_ = *up_to;
    std::erase_if(own_, [&](const auto& own) { return within(own.first); });
    std::erase_if(faulty_, within);
    std::erase_if(misfits_, within);
    std::erase_if(doubted_, within);
}

/// A stream by itself, as it is at one moment: what was read of it before may have been of two.
void StreamsPass::look_again(const std::string& entity) {
    const domain::StreamId stream{category_, entity};
    auto kept = parts_.snapshots.find({&stream, 1}, snapshot_bytes_max);
    const domain::Holding held = parts_.audit.holding(stream);
    Keys own;
    bool readable = true;
    const domain::TellFound tell{
        .fault =
            [&](const domain::HistoryFault& fault) {
                if (!fault.of_snapshot) readable = false;
                if (!fault.of_snapshot || !misfits_.contains(entity)) tell_history(fault);
            },
        .keys =
            [&](const domain::StreamKeys& told) {
                if (told.version == held.version) own = keys_of(told);
            }};
    domain::PageSize size(page_max);
    for (domain::StreamCursor cursor{stream, {}}; cursor.after < held.version && readable;) {
        const auto left = static_cast<std::size_t>(held.version.value - cursor.after.value);
        auto page = parts_.events.read_streams({&cursor, 1}, std::min(left, size.next()));
        if (page.empty()) break;
        size.came(page);
        cursor.after = page.back().version;
        const bool here = !kept.empty() && kept.front().version <= cursor.after;
        parts_.again.check(page, std::span(kept).first(here ? 1 : 0), tell);
        if (here) kept.clear();
    }
    if (readable) tell_keys(stream, own, held);
}

void StreamsPass::tell_history(const domain::HistoryFault& fault) {
    const std::string place = describe(fault.stream, fault.version);
    if (fault.of_snapshot) {
        tell_({"snapshot", place, "it is not what this build folds: " + fault.reason});
    } else {
        tell_({"history", place, "this build cannot read it: " + fault.reason});
    }
}

void StreamsPass::tell_keys(
    const domain::StreamId& stream,
    const Keys& own,
    const domain::Holding& held
) {
    const std::string why =
        held.version.value == 0 ? "it has no events" : "its events do not say so";
    for (const auto& key : held.keys)
        if (std::ranges::count(own, key) == 0)
            tell_(
                {"reservation",
                 describe(stream),
                 "the " + key.scope + ' ' + key.key + " is reserved for it, and " + why}
            );
    for (const auto& key : own)
        if (std::ranges::count(held.keys, key) == 0)
            tell_(
                {"reservation",
                 describe(stream),
                 "the " + key.scope + ' ' + key.key + " is its own, and is not reserved for it"}
            );
}

}  // namespace services::operations
