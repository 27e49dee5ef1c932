#include "domain/kernel/error.hpp"
#include "domain/kernel/uuid.hpp"
#include "infra/memory/memory_histories.hpp"
#include "infra/memory/memory_store_import.hpp"
#include "infra/process/local_history_checker.hpp"
#include "services/operations/foreign_import.hpp"
#include "services/operations/foreign_line.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace domain {
AggregatePtr member_aggregate();  // its header and those of the memory ports know two Deciders
}

namespace services::operations {
namespace {

using infra::memory::Tables;

class ForeignSpec : public testing::Test {
  protected:
    ForeignSpec() { aggregates.push_back(domain::member_aggregate()); }

    static std::string joined(const std::string& entity, const std::string& more = "") {
        return R"({"category":"member","entity":")" + entity +
               R"(","type":"joined","time":"2019-01-31T12:00:00.000001Z",)" + more +
               R"("data":{"email":")" + entity + R"(@b"}})";
    }
    ForeignEvent read(const std::string& line, std::int64_t number = 1) {
        return foreign_event(number, line, aggregates);
    }
    std::string why(const std::string& line) {
        try {
            read(line, 7);
        } catch (const domain::SetupError& error) {
            return error.what();
        }
        return "nothing";
    }
    /// All of it, or so many steps of one line.
    void import(const std::string& lines, int steps = 1'000, std::int64_t bytes_max = 1'000'000) {
        infra::memory::MemoryStoreImport into(store);
        infra::memory::MemoryHistories histories(store);
        infra::process::LocalHistoryChecker checker(aggregates);
        std::istringstream stream(lines);
        ForeignImport work(
            {into,
             histories,
             checker,
             aggregates,
             {.fault = [&](const auto& fault) { told.push_back(fault.reason); },
              .taken = [&](const auto& taken) { told.push_back(taken.stream.entity); }}},
            stream,
            bytes_max
        );
        while (steps-- > 0 && work.step(1)) {
        }
    }
    Tables tables() {
        return store.read([](const Tables& tables) { return tables; });
    }

    std::vector<domain::AggregatePtr> aggregates;
    infra::memory::MemoryStore store;
    std::vector<std::string> told;
};

TEST_F(ForeignSpec, ReadsALine) {
    const auto [command, event] = read(joined("ann"));
    EXPECT_EQ(event.stream, (domain::StreamId{"member", "ann"}));
    EXPECT_EQ(event.type, "joined");
    EXPECT_EQ(event.data, R"({"email":"ann@b"})");
    EXPECT_EQ(event.time.time_since_epoch().count() % 1'000'000, 1);
    EXPECT_EQ(event.issuer.subject, "import");
    EXPECT_TRUE(event.last);
    EXPECT_EQ(event.ordinal, 0);
    const auto& sent = command.stored.command;
    EXPECT_EQ(sent.id, event.command_id);
    EXPECT_EQ(sent.stream, event.stream);
    EXPECT_EQ(sent.name, "import");
    EXPECT_EQ(sent.correlation_id, sent.id);
    EXPECT_TRUE(domain::parse_uuid(sent.id));
}

TEST_F(ForeignSpec, TakesWhatALineSaysBesides) {
    const auto [command, event] = read(joined(
        "ann",
        R"("user":"ada","issuer":"idp","correlation":"c",)"
        R"("id":"28737DBE-680A-5B98-B67F-5101CD22B053",)"
    ));
    EXPECT_EQ(user_key(event.issuer), "idp ada");
    EXPECT_EQ(command.stored.command.issuer, event.issuer);
    EXPECT_EQ(event.correlation_id, "c");
    EXPECT_EQ(event.command_id, "28737dbe-680a-5b98-b67f-5101cd22b053");
    const auto named = [&](const std::string& id, int number) {
        return read(joined("ann", R"("id":")" + id + R"(",)"), number).event.command_id;
    };
    EXPECT_EQ(named("17", 1), named("17", 2));
    EXPECT_NE(named("17", 1), named("18", 1));
    EXPECT_NE(read(joined("ann"), 1).event.command_id, read(joined("ann"), 2).event.command_id);
    EXPECT_EQ(read(joined("ann"), 2).event.command_id, read(joined("ann"), 2).event.command_id);
}

TEST_F(ForeignSpec, LeavesNumbersAsTheyAreWritten) {
    const std::string line =
        R"({"category":"member","entity":"a","type":"left","time":"2019-01-31T12:00:00Z",)"
        R"("data": {"n": 1.10, "m":12345678901234567890123, "l":[true,null,"\u00e9\n"], "o":{}}})";
    EXPECT_EQ(
        read(line).event.data,
        R"({"n":1.10,"m":12345678901234567890123,"l":[true,null,"é\n"],"o":{}})"
    );
}

TEST_F(ForeignSpec, NamesTheLineAndWhatIsWrong) {
    const auto says = [&](const std::string& line, const std::string& what) {
        EXPECT_TRUE(why(line).starts_with("line 7 ")) << why(line);
        EXPECT_NE(why(line).find(what), std::string::npos) << why(line);
    };
    const auto with = [](const std::string& from, const std::string& to) {
        std::string line = joined("ann");
        return line.replace(line.find(from), from.size(), to);
    };
    says("", "no JSON");
    says("[]", "no JSON object");
    says("{}", "lacks \"category\"");
    says(with("member", "nobody"), "no aggregate");
    says(with("\"member\"", "5"), "no text");
    says(with("\"member\"", "\"\""), "no text");
    says(with("\"joined\"", "\"stolen\""), "that this build can read");
    says(with("\"joined\"", "\"jo ined\""), "a type that can be none");
    says(with("\"email\"", "\"e-mail\""), "that this build can read");
    says(with("2019", "19"), "RFC 3339");
    says(with("\"ann\"", "\"..\""), "an entity that can be none");
    says(joined("ann", R"("user":"a\u0000b",)"), "a user that can be none");
    says(joined("ann", R"("more":1,)"), "\"more\"");
    says(joined("ann", R"("entity":"x",)"), "twice");
}

TEST_F(ForeignSpec, ReadsLinesThatAreNotTooLong) {
    std::istringstream lines("a\n\nb");
    std::string line;
    for (const auto* expected : {"a", "", "b"}) {
        EXPECT_TRUE(next_line(lines, 1, line));
        EXPECT_EQ(line, expected);
    }
    EXPECT_FALSE(next_line(lines, 1, line));
    std::istringstream bomb(std::string(domain::archive_line_bytes_max + 1, 'a'));
    EXPECT_THROW(next_line(bomb, 1, line), domain::SetupError);
}

TEST_F(ForeignSpec, MakesAStoreOfLines) {
    const std::string lines = joined("ann") + '\n' + joined("bob") + '\n' +
                              R"({"category":"member","entity":"ann","type":"left",)"
                              R"("time":"2019-02-01T00:00:00Z"})" +
                              '\n';
    for (int steps = 1; steps < 20; ++steps) import(lines, steps);  // killed again and again
    const Tables made = tables();
    ASSERT_EQ(made.events.size(), 3u);
    ASSERT_EQ(made.commands.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto position = static_cast<std::int64_t>(i) + 1;
        EXPECT_EQ(made.events[i].position.value, position);
        EXPECT_EQ(made.events[i].command_position.value, position);
        EXPECT_EQ(made.commands[i].stored.position.value, position);
        EXPECT_EQ(made.commands[i].cursor, (domain::Cursor{1, {position - 1}}));
    }
    EXPECT_EQ(made.events[2].version.value, 2);
    EXPECT_TRUE(made.import->finished);
    EXPECT_EQ(made.keys.all().size(), 1u);
    EXPECT_TRUE(told.empty());
}

TEST_F(ForeignSpec, GoesOnWithTheSameLinesOnly) {
    import(joined("ann") + '\n' + joined("bob") + '\n', 2);
    EXPECT_THROW(import(joined("ann") + '\n' + joined("eve") + '\n'), domain::SetupError);
    EXPECT_THROW(import(joined("ann") + '\n'), domain::SetupError);
    EXPECT_FALSE(tables().import->finished);
}

TEST_F(ForeignSpec, OpensNothingWhereTwoHoldOneKey) {
    auto second = joined("bob");
    second.replace(second.find("bob@b"), 5, "ann@b");
    EXPECT_THROW(import(joined("ann") + '\n' + second + '\n'), domain::SetupError);
    EXPECT_EQ(told, std::vector<std::string>{"bob"});
    EXPECT_FALSE(tables().import->finished);
}

TEST_F(ForeignSpec, HoldsNoMoreThanItMay) {
    EXPECT_THROW(import(joined("ann") + '\n' + joined("bob") + '\n', 9, 100), domain::SetupError);
}

}  // namespace
}  // namespace services::operations
