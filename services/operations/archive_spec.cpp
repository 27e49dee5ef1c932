#include "domain/kernel/error.hpp"
#include "domain/kernel/outcome.hpp"
#include "infra/memory/memory_archive.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_dead_letters.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_generations.hpp"
#include "infra/memory/memory_histories.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_store_export.hpp"
#include "infra/memory/memory_store_import.hpp"
#include "infra/memory/memory_subscriptions.hpp"
#include "infra/process/local_history_checker.hpp"
#include "services/operations/beside_lines.hpp"
#include "services/operations/export.hpp"
#include "services/operations/import.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

namespace domain {
AggregatePtr member_aggregate();
}

namespace services::operations {
namespace {

using domain::SegmentKind;
using namespace infra::memory;

std::vector<domain::AggregatePtr> members() {
    std::vector<domain::AggregatePtr> all;
    all.push_back(domain::member_aggregate());
    return all;
}

/// A store of member aggregates, of which a few commands are answered and the last ones are not.
struct Old {
    Old() {
        MemoryGenerations(store).fix(4);
        send("ann", "a@b");
        answer();
        send("bob", "b@b");
        send("ann", "");
        answer("failed");
        send("eve", "e@b");
    }

    void send(const std::string& entity, const std::string& mail) {
        auto command = kit::sample_command(++sent, entity);
        command.command.stream.category = "member";
        command.command.data = R"({"email":")" + mail + "\"}";
        commands.append({&command, 1});
    }
    /// The oldest that has no answer.
    void answer(const std::string& outcome = "") {
        const auto command = commands.read({answered++}, 1).at(0);
        auto event = kit::sample_event(answered, command.command.stream.entity, 1);
        event.stream = command.command.stream;
        event.type = "joined";
        event.data = command.command.data;
        event.hears = {"zoe"};
        if (!outcome.empty()) {
            event.stream = {std::string(domain::outcome_category), command.command.id};
            event.type = outcome;
        }
        letters.explain(std::vector<domain::FailedCommand>{{command.position, 2, "it broke"}});
        events.append({{}, {event}});
    }

    MemoryStore store;
    MemoryCommandLog commands{store};
    MemoryEventLog events{store};
    MemoryDeadLetters letters{store};
    MemorySubscriptions subscriptions{store};
    int sent = 0;
    int answered = 0;
};

struct Written {
    MemoryArchive archive;
    void of(Old& old, std::size_t piece = 1) {
        MemoryStoreExport store(old.store);
        Export work(store, archive);
        while (work.step(piece)) {
        }
        EXPECT_EQ(work.advance().done, work.advance().total);
    }
};

struct New {
    Import import_of(domain::Archive& archive) {
        return {
            {store_import,
             histories,
             checker,
             aggregates,
             {.fault = [&](const auto& fault) { faults.push_back(fault.stream.entity); },
              .taken = [&](const auto& taken) { faults.push_back(taken.holder); }}},
            archive};
    }
    void fill(domain::Archive& archive) {
        auto work = import_of(archive);
        while (work.step(1)) {
        }
        EXPECT_EQ(work.advance().done, work.advance().total);
    }
    Tables tables() {
        return store.read([](const Tables& tables) { return tables; });
    }

    MemoryStore store;
    MemoryStoreImport store_import{store};
    MemoryHistories histories{store};
    std::vector<domain::AggregatePtr> aggregates = members();
    infra::process::LocalHistoryChecker checker{aggregates};
    std::vector<std::string> faults;
};

Tables tables_of(Old& old) {
    return old.store.read([](const Tables& tables) { return tables; });
}

TEST(ExportAndImport, MakeTheSameStore) {
    Old old;
    old.store.raise_incarnation();
    old.subscriptions.claim("reports", {2, {1}});
    Written written;
    written.of(old);
    New fresh;
    fresh.fill(written.archive);
    const Tables before = tables_of(old), after = fresh.tables();
    EXPECT_EQ(after.events, before.events);
    ASSERT_EQ(after.commands.size(), before.commands.size());
    for (std::size_t i = 0; i < after.commands.size(); ++i) {
        EXPECT_EQ(after.commands[i].stored, before.commands[i].stored);
        EXPECT_EQ(after.commands[i].fingerprint, before.commands[i].fingerprint);
        EXPECT_EQ(after.commands[i].cursor, before.commands[i].cursor);
    }
    EXPECT_EQ(after.incarnation, 2);
    EXPECT_EQ(after.subscriptions, before.subscriptions);
    EXPECT_EQ(after.keys.all().size(), 1u);
    EXPECT_TRUE(fresh.faults.empty());
    const auto& letter = after.dead_letters.at({2});
    EXPECT_EQ(letter.failed.reason, "it broke");
    EXPECT_EQ(letter.failed.attempts, 2);
    EXPECT_EQ(after.generation.partitions, 4);
    EXPECT_EQ(after.generation.begun, domain::Position{4});
}

TEST(ExportAndImport, LeaveToBeDoneWhatWasNot) {
    Old old;
    Written written;
    written.of(old);
    New fresh;
    fresh.fill(written.archive);
    const Tables after = fresh.tables();
    EXPECT_EQ(after.leases.at(domain::Log::commands).checkpoint.position, domain::Position{2});
    EXPECT_EQ(after.leases.at(domain::Log::events).checkpoint.position, domain::Position{2});
    std::set<std::int64_t> done;
    for (const auto& [partition, claim] : after.claims) done.insert(claim.done.value);
    EXPECT_EQ(after.claims.size(), 4u);
    EXPECT_TRUE(done.contains(2));
    EXPECT_TRUE(done.contains(4));
}

TEST(ExportAndImport, GoOnWhereTheyWereStopped) {
    Old old;
    MemoryArchive archive;
    MemoryStoreExport reading(old.store);
    Written whole;
    whole.of(old, 100);
    for (int steps = 0;; ++steps) {  // each time one step further, and killed
        Export work(reading, archive);
        bool more = true;
        for (int i = 0; i < 5 && more; ++i) more = work.step(100);
        if (!more) break;
        ASSERT_LT(steps, 20);
    }
    EXPECT_EQ(archive.manifest(), whole.archive.manifest());
    EXPECT_EQ(archive.files(), whole.archive.files());

    New fresh;
    for (int steps = 0;; ++steps) {
        auto work = fresh.import_of(archive);
        bool more = true;
        for (int i = 0; i < 3 + steps && more; ++i) more = work.step(1);
        if (!more) break;
        ASSERT_LT(steps, 20);
    }
    EXPECT_EQ(fresh.tables().events, tables_of(old).events);
}

TEST(ExportAndImport, GoOnWhenTheStoreWasAway) {
    Old old;
    MemoryArchive archive;
    MemoryStoreExport reading(old.store);
    New fresh;
    Export exporting(reading, archive);
    auto importing = fresh.import_of(archive);
    const auto run = [](Operation& work, MemoryStore& store) {
        for (int calls = 0; calls < 200; ++calls) {
            if (calls % 3 == 0) store.fail_next(1);
            if (calls % 5 == 0) store.forget_acknowledgements(1);
            try {
                if (!work.step(1)) return;
            } catch (const domain::WorldError&) {
            }
        }
        FAIL();
    };
    run(exporting, old.store);
    old.store.fail_next(0);
    old.store.forget_acknowledgements(0);
    run(importing, fresh.store);
    fresh.store.fail_next(0);
    EXPECT_EQ(fresh.tables().events, tables_of(old).events);
    EXPECT_EQ(fresh.tables().dead_letters.size(), 1u);
}

TEST(ExportAndImport, TakeWhatCameLaterByAnotherRun) {
    Old old;
    Written written;
    written.of(old, 100);
    const auto before = written.archive.manifest();
    old.answer("unchanged");
    old.send("zoe", "");
    written.of(old, 100);
    const auto after = written.archive.manifest();
    EXPECT_EQ(after->commands, domain::Position{5});
    EXPECT_EQ(after->events, domain::Position{3});
    EXPECT_EQ(after->segments[0], before->segments[0]);
    New fresh;
    fresh.fill(written.archive);
    EXPECT_EQ(fresh.tables().events, tables_of(old).events);
}

TEST(ExportAndImport, FitWhatStandsBesideToTheCut) {
    Old old;
    MemoryArchive archive;
    MemoryStoreExport reading(old.store);
    Export work(reading, archive);
    work.step(100);  // the cut
    old.letters.retry(kit::sample_id(2), kit::sample_id(90));
    old.answer("failed");
    old.subscriptions.claim("reports", {1, {3}});
    while (work.step(100)) {
    }
    New fresh;
    fresh.fill(archive);
    const Tables after = fresh.tables();
    EXPECT_EQ(after.commands.size(), 4u);
    EXPECT_EQ(after.dead_letters.size(), 1u);
    EXPECT_EQ(after.dead_letters.at({2}).state, domain::DeadLetterState::open);
    EXPECT_EQ(after.subscriptions.at("reports").place.position, domain::Position{2});
}

TEST(Export, RefusesTheArchiveOfAnotherStore) {
    Old old;
    Written written;
    written.of(old);
    Old other;
    other.store.write([](Tables& tables) {
        for (auto& command : tables.commands) command.stored.command.id += "x";
        return 0;
    });
    MemoryStoreExport reading(other.store);
    EXPECT_THROW(Export(reading, written.archive).step(1), domain::SetupError);
    old.store.raise_incarnation();
    MemoryStoreExport again(old.store);
    EXPECT_THROW(Export(again, written.archive).step(1), domain::SetupError);
}

TEST(Export, RefusesALogWithAHole) {
    Old old;
    old.store.write([](Tables& tables) {
        tables.events.back().position = {5};
        return 0;
    });
    MemoryArchive archive;
    MemoryStoreExport reading(old.store);
    Export work(reading, archive);
    EXPECT_THROW(while (work.step(1)){}, domain::SetupError);
}

TEST(Import, TakesNothingOfASegmentThatIsNotSound) {
    for (const auto* kind : {"commands", "events", "beside"}) {
        Old old;
        Written written;
        written.of(old, 100);
        auto manifest = *written.archive.manifest();
        // As a forger would: the digests fit.
        for (auto& segment : manifest.segments) {
            if (domain::to_string(segment.kind) != kind) continue;
            auto lines = written.archive.read(segment);
            lines.replace(lines.rfind("position"), 8, "pastime!");
            written.archive.write(segment, lines);
            segment = written.archive.written();
        }
        written.archive.keep(manifest);
        EXPECT_THROW(Import::check(written.archive), domain::SetupError) << kind;
        New fresh;
        EXPECT_THROW(fresh.fill(written.archive), domain::SetupError) << kind;
        EXPECT_TRUE(fresh.tables().import);
        EXPECT_EQ(fresh.tables().commands.empty(), kind == std::string("commands"));
        EXPECT_EQ(fresh.tables().events.empty(), kind != std::string("beside"));
    }
}

TEST(Import, TakesNoEventWithoutItsCommand) {
    Old old;
    old.store.write([](Tables& tables) {
        tables.events.back().command_position = {5};
        return 0;
    });
    Written written;
    written.of(old);
    EXPECT_THROW(Import::check(written.archive), domain::SetupError);
}

TEST(Import, NeedsACompleteArchiveAndAnEmptyStore) {
    New fresh;
    MemoryArchive none;
    EXPECT_THROW(fresh.fill(none), domain::SetupError);
    Old old;
    MemoryStoreExport reading(old.store);
    Export(reading, none).step(1);
    EXPECT_THROW(fresh.fill(none), domain::SetupError);
    EXPECT_FALSE(fresh.tables().import);
    Written written;
    written.of(old);
    MemoryStoreImport into(old.store);
    EXPECT_THROW(into.begin("x"), domain::SetupError);
}

TEST(BesideLines, BringEveryFieldBack) {
    const std::vector<domain::BesideRow> rows{
        domain::LetterNote{
            .command = {3},
            .failed_at = {},
            .attempts = 2,
            .reason = "a \"reason\"",
            .state = domain::DeadLetterState::retried,
            .retried_as = "id"},
        domain::AttemptedCommand{{4}, {}, 1, true, {"threw", "why"}},
        domain::Subscription{"reports", {5}, {2, {7}}}};
    for (const auto& row : rows) {
        std::string line;
        add_line(line, row);
        EXPECT_EQ(archived_beside(line), row);
        EXPECT_FALSE(archived_beside(line.substr(0, line.size() - 3)));
    }
    EXPECT_FALSE(archived_beside(R"({"kind":"x"})"));
}

}  // namespace
}  // namespace services::operations
