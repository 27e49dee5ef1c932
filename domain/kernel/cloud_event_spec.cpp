#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/outcome.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace domain {

/// As it comes back from Kafka: at position 7.
Record linked(Record record) {
    add_link(record, {2, {7}, {3}});
    return record;
}

void erase_header(Record& record, std::string_view name) {
    std::erase_if(record.headers, [&](const Header& header) { return header.name == name; });
}

TEST(CloudEvent, CarriesACommandThere) {
    for (int n : {1, 2}) {  // without and with an expected version, with and without a trace
        auto command = kit::sample_command(n).command;
        auto record = linked(command_record(command));
        EXPECT_EQ(record.key, command.stream.entity);
        EXPECT_EQ(record.value, command.data);
        EXPECT_EQ(find_header(record, "content-type"), "application/json");
        EXPECT_EQ(find_header(record, "ce_specversion"), "1.0");
        EXPECT_EQ(find_header(record, "ce_id"), command.id);
        EXPECT_EQ(find_header(record, "ce_type"), "account.deposit");
        EXPECT_EQ(find_header(record, "ce_source"), "/commands");
        EXPECT_EQ(command_of(record), (StoredCommand{{7}, command}));
    }
}

TEST(CloudEvent, CarriesAnEventBack) {
    auto event = kit::sample_event(1, "ada's", 5, 1);
    event.position = {7};
    auto record = linked(event_record(event));
    EXPECT_EQ(find_header(record, "ce_id"), kit::sample_id(1) + "-1");
    EXPECT_EQ(find_header(record, "ce_type"), "account.deposited");
    EXPECT_EQ(find_header(record, "ce_source"), "/aggregates/account/ada%27s");
    EXPECT_EQ(find_header(record, "ce_causationid"), event.command_id);
    EXPECT_EQ(find_header(record, "ce_last"), "false");
    EXPECT_EQ(event_of(record), event);
    event.last = true;
    EXPECT_EQ(event_of(linked(event_record(event))), event);
}

TEST(CloudEvent, CarriesAnOutcomeBack) {
    auto event = kit::sample_event(1, kit::sample_id(1), 1);
    event.position = {7};
    event.stream.category = outcome_category;
    event.type = outcome_rejected;
    auto record = linked(event_record(event));
    EXPECT_EQ(find_header(record, "ce_type"), "command.rejected");
    EXPECT_EQ(find_header(record, "ce_source"), "/commands/" + kit::sample_id(1));
    EXPECT_EQ(event_of(record), event);
}

TEST(CloudEvent, CarriesTheLinkOfTheChain) {
    Record record;
    EXPECT_EQ(link_of(record), std::nullopt);
    add_link(record, {2, {7}, {3}});
    EXPECT_EQ(link_of(record), (ChainLink{2, {7}, {3}}));
    EXPECT_EQ(find_header(record, "ce_incarnation"), "2");
}

TEST(CloudEvent, SaysOfWhichGenerationItsPartitionIs) {
    Record record;
    add_link(record, {2, {7}, {3}, 5});
    EXPECT_EQ(link_of(record), (ChainLink{2, {7}, {3}, 5}));
    EXPECT_EQ(find_header(record, "ce_incarnation"), "2.5")
        << "no number, so that builds that know of no generations see no link";
    for (const char* life : {"2.", ".5", "2.5.1", "2.x", "."}) {
        record.headers[0].value = life;
        EXPECT_EQ(link_of(record), std::nullopt) << life;
    }
}

TEST(CloudEvent, IsNothingWithoutOneOfItsHeaders) {
    const Record record = linked(event_record(kit::sample_event(1, "ada", 1)));
    for (const char* name :
         {"ce_position",
          "ce_type",
          "ce_subject",
          "ce_category",
          "ce_time",
          "ce_user",
          "ce_claims",
          "ce_correlationid",
          "ce_streamversion",
          "ce_commandid",
          "ce_commandposition",
          "ce_ordinal",
          "ce_last"}) {
        Record broken = record;
        erase_header(broken, name);
        EXPECT_EQ(event_of(broken), std::nullopt) << name;
    }
}

TEST(CloudEvent, IsNothingWithAMalformedHeader) {
    const Record record = linked(command_record(kit::sample_command(2).command));
    ASSERT_TRUE(command_of(record));
    for (const char* name :
         {"ce_position", "ce_time", "ce_type", "ce_expectedversion", "ce_incarnation"}) {
        for (const char* value :
             {"", "x", "7x", " 7", "account", "account.", "99999999999999999999"}) {
            Record broken = record;
            std::ranges::find(broken.headers, name, &Header::name)->value = value;
            bool is_link = std::string_view(name) == "ce_incarnation";
            EXPECT_FALSE(is_link ? link_of(broken).has_value() : command_of(broken).has_value())
                << name << ": " << value;
        }
    }
}

}  // namespace domain
