#include "tests/simulation/exporter.hpp"

#include "domain/kernel/error.hpp"
#include "infra/memory/memory_histories.hpp"
#include "infra/memory/memory_store_export.hpp"
#include "infra/memory/memory_store_import.hpp"
#include "infra/process/local_history_checker.hpp"
#include "services/operations/import.hpp"
#include "tests/simulation/verified.hpp"

#include <algorithm>

namespace simulation {
namespace {

using infra::memory::MemoryStore;
using infra::memory::Tables;
using services::operations::Import;

constexpr std::size_t piece = 25;  ///< so that a cut is worked off in many steps

Tables tables_of(MemoryStore& store) {
    return store.read([](const Tables& tables) { return tables; });
}

/// Where two stores differ, as far as the new one has to be the same.
class Comparison {
  public:
    Comparison(const Tables& old_store, const Tables& new_store)
        : old_(old_store), new_(new_store) {}

    std::vector<std::string> differences() {
        look("incarnation", old_.incarnation == new_.incarnation);
        rows("event", old_.events, new_.events, [](const auto& one, const auto& other) {
            return one == other;
        });
        rows("command", old_.commands, new_.commands, [](const auto& one, const auto& other) {
            return one.stored == other.stored && one.fingerprint == other.fingerprint &&
                   one.cursor == other.cursor;
        });
        for (const auto& event : new_.events)
            look(
                "command of an event",
                event.command_position.value <= static_cast<std::int64_t>(new_.commands.size())
            );
        for (const auto& [command, letter] : new_.dead_letters) {
            const auto was = old_.dead_letters.find(command);
            look(
                "dead letter",
                was != old_.dead_letters.end() && was->second.failed == letter.failed &&
                    was->second.outcome == letter.outcome && was->second.version == letter.version
            );
            if (letter.state == domain::DeadLetterState::retried)
                look("retried command", new_.command_ids.contains(letter.retried_as));
        }
        if (new_.events.size() == old_.events.size() &&
            new_.commands.size() == old_.commands.size()) {
            look("keys", new_.keys == old_.keys);
        }
        return found_;
    }

  private:
    void look(const char* what, bool same) {
        if (!same) found_.push_back(what);
    }
    template <class Row, class Same>
    void
    rows(const char* what, const std::vector<Row>& was, const std::vector<Row>& is, Same same) {
        look(what, is.size() <= was.size() && std::equal(is.begin(), is.end(), was.begin(), same));
    }

    const Tables& old_;
    const Tables& new_;
    std::vector<std::string> found_;
};

}  // namespace

/// The store as this process has it: other things happen between its calls.
class Exporter::Store final : public domain::StoreExport {
  private:
    template <class Call>
    auto call(Call call) {
        if (!world_.faults.ended()) {
            // Long enough, now and then, for a command to come in and to be answered.
            const int most = random_.below(random_.below(4) == 0 ? 300 : 8);
            for (int i = 0; i < most && left_ > 0; ++i, --left_) world_.happen();
            if (world_.now() < world_.store_away_until || random_.below(50) == 0)
                throw domain::WorldError("the store is away");
        }
        return call();
    }

  public:
    Store(World& world, Random& random, int& left) : world_(world), random_(random), left_(left) {}

    domain::LogEnd end(domain::Log log) override {
        return call([&] { return store_.end(log); });
    }
    std::vector<domain::ArchivedCommand> commands(domain::Position after, domain::Position up_to)
        override {
        return call([&] { return store_.commands(after, up_to); });
    }
    std::vector<domain::EventEnvelope> events(domain::Position after, domain::Position up_to)
        override {
        return call([&] { return store_.events(after, up_to); });
    }
    std::vector<domain::LetterNote> letters(domain::Position after, std::size_t limit) override {
        return call([&] { return store_.letters(after, limit); });
    }
    std::vector<domain::AttemptedCommand> attempts() override {
        return call([&] { return store_.attempts(); });
    }
    std::vector<domain::Subscription> subscriptions() override {
        return call([&] { return store_.subscriptions(); });
    }

  private:
    World& world_;
    Random& random_;
    int& left_;
    infra::memory::MemoryStoreExport store_{world_.store};
};

Exporter::Exporter(
    World& world,
    std::uint64_t seed,
    std::span<const domain::AggregatePtr> aggregates
)
    : world_(world),
      random_(seed),
      aggregates_(aggregates),
      store_(std::make_unique<Store>(world, random_, left_)) {}

Exporter::~Exporter() = default;

void Exporter::look(int left) {
    if (working_ || world_.depth > 0 || world_.faults.ended() || random_.below(20) != 0) return;
    left_ = left;
    if (random_.below(30) == 0) exporting_.reset();  // kill -9
    work(piece);
}

void Exporter::end() {
    for (bool later = false; !later;) {
        work(piece);
        const auto now = archive_.manifest();
        const Tables tables = tables_of(world_.store);
        later = now && now->complete &&
                now->commands.value == static_cast<std::int64_t>(tables.commands.size()) &&
                now->events.value == static_cast<std::int64_t>(tables.events.size());
        if (!broken_.empty()) return;
    }
}

void Exporter::work(std::size_t most) {
    using services::operations::Export;
    working_ = true;
    try {
        if (!exporting_) exporting_ = std::make_unique<Export>(*store_, archive_);
        if (!exporting_->step(most)) {
            exporting_.reset();
            compare();
        }
    } catch (const domain::WorldError&) {
        // It is tried again.
    } catch (const domain::SetupError& error) {
        // A backup has taken the place of the store, as the operator knows.
        world_.trace("exporter", "begins anew: {}", error.what());
        exporting_.reset();
        archive_ = {};
    }
    working_ = false;
}

void Exporter::compare() {
    MemoryStore fresh;
    infra::memory::MemoryStoreImport store(fresh);
    infra::memory::MemoryHistories histories(fresh);
    infra::process::LocalHistoryChecker checker(aggregates_);
    const auto tell = [&](const std::string& what) { broken_.push_back({"export", what}); };
    if (!broken_.empty()) return;
    try {
        Import import({store, histories, checker, aggregates_}, archive_);
        while (import.step(piece)) {
        }
    } catch (const domain::SetupError& error) {
        return tell(error.what());
    }
    world_.trace("exporter", "compares {} events", archive_.manifest()->events.value);
    const Tables was = tables_of(world_.store), is = tables_of(fresh);
    if (was.incarnation != is.incarnation) return;  // what was exported is lost meanwhile
    for (const auto& difference : Comparison(was, is).differences())
        tell("another " + difference + " in the store that it was imported into");
    for (const auto& fault : verified(fresh, aggregates_)) tell(fault.what);
}

}  // namespace simulation
