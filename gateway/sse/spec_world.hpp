#pragma once

#include "domain/kernel/topics.hpp"
#include "domain/ports/event_log.hpp"
#include "gateway/sse/hub.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <random>
#include <stdexcept>
#include <string>

/// A store, a relay and a broker for specs, in one thread and from one seed.
namespace gateway::sse::spec {

inline constexpr std::int32_t partitions = 2;
inline const std::array<std::string, 3> subjects{"ada", "bob", "cyd"};

/// The store as one reader sees it, which may lag.
class WorldLog final : public domain::EventLog {
  public:
    void append(const std::string& subject) {
        domain::EventEnvelope event;
        event.position = {static_cast<std::int64_t>(events.size()) + 1};
        event.stream = {"account", "42"};
        event.type = "deposited";
        event.data = "{}";
        event.command_id = "c" + std::to_string(event.position.value);
        event.issuer.subject = subject;
        of_subject[subject].push_back(event.position);
        events.push_back(std::move(event));
    }

    /// The subject's first event behind `after`.
    std::optional<domain::Position> next(const std::string& subject, domain::Position after) {
        const auto& positions = of_subject[subject];
        const auto found = std::ranges::upper_bound(positions, after);
        if (found == positions.end()) return std::nullopt;
        return *found;
    }

    domain::Position end() const { return {static_cast<std::int64_t>(events.size())}; }

    domain::Cursor head() override { return {incarnation, {end().value - lag}}; }

    std::vector<domain::EventEnvelope> read_subject(
        const std::string& subject,
        domain::Position after,
        domain::Position up_to,
        std::size_t limit
    ) override {
        std::vector<domain::EventEnvelope> found;
        for (auto at = next(subject, after); at && *at <= up_to; at = next(subject, *at)) {
            if (found.size() == limit) break;
            found.push_back(events[static_cast<std::size_t>(at->value) - 1]);
        }
        return found;
    }

    domain::AppendResult append(const domain::EventBatch&) override { throw not_here(); }
    std::vector<domain::EventEnvelope> read(domain::Position, std::size_t) override {
        throw not_here();
    }
    std::vector<domain::EventEnvelope>
    read_streams(std::span<const domain::StreamCursor>, std::size_t) override {
        throw not_here();
    }
    std::vector<domain::EventEnvelope> read_command(domain::Position) override { throw not_here(); }

    std::vector<domain::EventEnvelope> events;
    std::map<std::string, std::vector<domain::Position>> of_subject;
    std::int64_t incarnation = 1;
    std::int64_t lag = 0;

  private:
    static std::logic_error not_here() { return std::logic_error("not part of this world"); }
};

/// Relay and broker: writes the chain truly, and may repeat, lose and mix up what it carries.
struct World {
    explicit World(unsigned seed) : random(seed) {}

    bool chance(int percent) { return number(100) < percent; }
    int number(int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); }

    void relay(std::int64_t up_to) {
        for (; relayed < up_to; ++relayed) {
            const auto& event = log.events[static_cast<std::size_t>(relayed)];
            const auto partition = domain::partition_of(event.issuer.subject, partitions);
            auto& last = sent[static_cast<std::size_t>(partition)];
            FeedRecord record;
            record.partition = partition;
            record.subject = event.issuer.subject;
            record.link = domain::ChainLink{1, event.position, last};
            record.bytes = event_frame(event, 1).bytes;
            last = event.position;
            written.push_back(record);
            under_way.push_back(std::move(record));
        }
    }

    void repeat_some() {
        if (written.empty()) return;
        const auto from = static_cast<std::ptrdiff_t>(random() % written.size());
        under_way.insert(under_way.end(), written.begin() + from, written.end());
    }

    void lose_one() {
        if (under_way.empty()) return;
        under_way.erase(
            under_way.begin() + static_cast<std::ptrdiff_t>(random() % under_way.size())
        );
    }

    void mix_up() {
        if (under_way.size() < 2) return;
        const std::size_t at = random() % (under_way.size() - 1);
        std::swap(under_way[at], under_way[at + 1]);
    }

    void notify() {
        FeedRecord record;
        record.subject = subjects[random() % subjects.size()];
        record.bytes = std::make_shared<const std::string>("data: {}\n\n");
        under_way.push_back(std::move(record));
    }

    void deliver(std::size_t count) {
        FeedBatch batch;
        for (; count > 0 && !under_way.empty(); --count) {
            batch.records.push_back(std::move(under_way.front()));
            under_way.pop_front();
        }
        hub.take(batch);
    }

    void check() {
        FeedBatch batch;
        batch.head = log.end();
        for (std::int32_t partition = 0; partition < partitions; ++partition)
            batch.marks.push_back({partition, sent[static_cast<std::size_t>(partition)]});
        hub.take(batch);
    }

    /// The consumer begins at the topic's end, and then the head is read.
    void start() {
        under_way.clear();
        FeedBatch batch;
        batch.start = log.end();
        hub.take(batch);
    }

    std::mt19937 random;
    WorldLog log;
    Hub hub{partitions};
    std::int64_t relayed = 0;
    std::array<domain::Position, partitions> sent;
    std::vector<FeedRecord> written;
    std::deque<FeedRecord> under_way;
};

}  // namespace gateway::sse::spec
