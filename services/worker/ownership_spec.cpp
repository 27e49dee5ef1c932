#include "domain/kernel/cloud_event.hpp"
#include "infra/crypto/hmac_record_signer.hpp"
#include "infra/crypto/hmac_record_verifier.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_record_keys.hpp"
#include "services/worker/ownership.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace services::worker {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t partitions = 4;
constexpr std::int64_t done = 10;
const domain::Topics topics{"test"};

/// One partition, claimed at `done`, and records as they may stand in it.
struct OwnershipSpec : testing::Test {
    OwnershipSpec() {
        signer.renew();
        ownership.assign(std::vector{place});
        const domain::Claim claim{{"toy", place.partition}, {1}, {done}};
        ownership.claimed({&claim, 1}, 1);
    }

    domain::Record record(domain::ChainLink link = {1, {done + 1}, {done}}) {
        domain::CommandEnvelope command;
        command.id = "c";
        command.stream = {"toy", "x"};
        command.name = "add";
        command.data = "{}";
        command.issuer.subject = "ada";
        command.correlation_id = "c";
        domain::Record record = domain::command_record(command);
        record.target = place;
        domain::add_link(record, link);
        return record;
    }

    domain::Record signed_record(domain::ChainLink link = {1, {done + 1}, {done}}) {
        domain::Record genuine = record(link);
        signer.sign(genuine);
        return genuine;
    }

    static void set(domain::Record& record, std::string_view name, std::string value) {
        for (auto& header : record.headers)
            if (header.name == name) header.value = value;
    }

    std::size_t taken(const domain::Record& record) {
        const domain::ConsumedRecord consumed{offset++, record};
        return ownership.take({&consumed, 1}, verifier, left_out).size();
    }

    const domain::TopicPartition place{
        topics.commands("toy"),
        domain::partition_of("x", partitions)};
    infra::memory::MemoryStore store;
    infra::memory::ManualClock clock;
    infra::memory::MemoryRecordKeys keys{store, clock};
    infra::crypto::HmacRecordSigner signer{keys, 1h};
    infra::crypto::HmacRecordVerifier verifier{keys, clock};
    Ownership ownership{topics, domain::Generation{.partitions = partitions}};
    std::int64_t offset = 0;
    std::uint64_t left_out = 0;
};

TEST_F(OwnershipSpec, WhatNoRelayHasWrittenHasNoEffect) {
    std::vector<domain::Record> forgeries;
    for (const std::int64_t position :
         {done + 1,
          done + 5,
          std::int64_t{1'000'000'000'000'000},
          std::numeric_limits<std::int64_t>::max(),
          std::int64_t{-1}}) {
        for (const std::int64_t predecessor : {std::int64_t{0}, done, done + 3, std::int64_t{-7}})
            forgeries.push_back(record({1, {position}, {predecessor}}));
    }
    for (const char* name :
         {"ce_position",
          "ce_predecessor",
          "ce_incarnation",
          "ce_time",
          "ce_user",
          "ce_category",
          "ce_subject",
          "ce_expectedversion"}) {
        for (const std::string& value :
             {std::string(),
              std::string("-1"),
              std::string("99999999999999999999999999"),
              std::string("1e3"),
              std::string("\0\xff\n", 3),
              std::string(100'000, '9')}) {
            forgeries.push_back(signed_record());
            set(forgeries.back(), name, value);
            if (forgeries.back() == signed_record()) forgeries.pop_back();  // has no such header
        }
    }
    forgeries.push_back({.target = place, .key = "", .value = "", .headers = {}});
    forgeries.push_back(signed_record());
    forgeries.back().key = "another entity's";
    forgeries.push_back(signed_record());
    forgeries.back().value = std::string(900'000, ' ');

    for (const auto& forgery : forgeries) EXPECT_EQ(taken(forgery), 0U);
    EXPECT_EQ(left_out, forgeries.size());
    EXPECT_FALSE(ownership.any_behind()) << "nothing is read from the store for it";
    EXPECT_TRUE(ownership.moves().empty());
    EXPECT_EQ(taken(signed_record()), 1U) << "the real one of that place is carried out";
}

TEST_F(OwnershipSpec, WhatARelayWroteToAnotherPlaceHasNoEffect) {
    for (const domain::TopicPartition& from :
         {domain::TopicPartition{topics.commands("other"), place.partition},
          domain::TopicPartition{topics.dead_letters(), place.partition},
          domain::TopicPartition{place.topic, (place.partition + 1) % partitions}}) {
        domain::Record moved = record();
        moved.target = from;
        signer.sign(moved);
        moved.target = place;
        EXPECT_EQ(taken(moved), 0U);
    }
    EXPECT_EQ(left_out, 3U);
    EXPECT_FALSE(ownership.any_behind());
}

TEST_F(OwnershipSpec, WhatIsReplayedIsARepeat) {
    const domain::Record first = signed_record();
    EXPECT_EQ(taken(first), 1U);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(taken(first), 0U);
    EXPECT_FALSE(ownership.any_behind());
    EXPECT_EQ(left_out, 0U);
}

TEST_F(OwnershipSpec, PartitionsThatNoEntityFallsIntoAreLeftAlone) {
    ownership.assign(std::vector<domain::TopicPartition>{
        {place.topic, partitions}, {place.topic, std::numeric_limits<std::int32_t>::max()}});
    EXPECT_TRUE(ownership.unclaimed(1h).empty());
    EXPECT_TRUE(ownership.all_claimed());
    domain::Record beyond = record();
    beyond.target.partition = partitions;
    signer.sign(beyond);
    EXPECT_EQ(taken(beyond), 0U);
}

}  // namespace
}  // namespace services::worker
