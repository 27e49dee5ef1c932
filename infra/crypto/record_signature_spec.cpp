#include "domain/kernel/error.hpp"
#include "infra/crypto/hmac_record_signer.hpp"
#include "infra/crypto/hmac_record_verifier.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_record_keys.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace infra::crypto {
namespace {

using namespace std::chrono_literals;

struct RecordSignature : testing::Test {
    RecordSignature() { signer.renew(); }

    domain::Record signed_record() {
        domain::Record record{
            {"antiphon.replies", 3}, "ada", "{}", {{"ce_id", "1"}, {"ce_user", "ada"}}};
        signer.sign(record);
        return record;
    }

    memory::MemoryStore store;
    memory::ManualClock clock;
    memory::MemoryRecordKeys keys{store, clock};
    HmacRecordSigner signer{keys, 3600s};
    HmacRecordVerifier verifier{keys, clock};
};

TEST_F(RecordSignature, IsGenuineAsItWasSigned) {
    EXPECT_TRUE(verifier.genuine(signed_record()));
    domain::Record bare;
    signer.sign(bare);
    EXPECT_TRUE(verifier.genuine(bare));
}

TEST_F(RecordSignature, HoldsForNothingButThatRecord) {
    using Alter = void (*)(domain::Record&);
    const std::vector<std::pair<const char*, Alter>> alterations{
        {"another topic", [](auto& record) { record.target.topic = "antiphon.commands.a"; }},
        {"another partition", [](auto& record) { record.target.partition = 4; }},
        {"another key", [](auto& record) { record.key = "bob"; }},
        {"another value", [](auto& record) { record.value = "[]"; }},
        {"no value", [](auto& record) { record.value.clear(); }},
        {"another header", [](auto& record) { record.headers[1].value = "bob"; }},
        {"a header of another name", [](auto& record) { record.headers[1].name = "ce_users"; }},
        {"a header less", [](auto& record) { record.headers.erase(record.headers.begin()); }},
        {"a header more",
         [](auto& record) {
             record.headers.insert(record.headers.begin(), {"ce_user", "bob"});
         }},
        {"a header behind the signature",
         [](auto& record) {
             record.headers.push_back({"ce_user", "bob"});
         }},
        {"headers in another order",
         [](auto& record) { std::swap(record.headers[0], record.headers[1]); }},
        {"bytes moved from one field to the next",
         [](auto& record) {
             record.key = "ad";
             record.value = "a{}";
         }},
        {"bytes moved from a name to its value",
         [](auto& record) {
             record.headers[0] = {"ce_i", "d1"};
         }},
    };
    for (const auto& [what, alter] : alterations) {
        domain::Record record = signed_record();
        alter(record);
        EXPECT_FALSE(verifier.genuine(record)) << what;
    }
}

TEST_F(RecordSignature, IsNoneWhereItCannotBeRead) {
    const domain::Record genuine = signed_record();
    const std::string good = genuine.headers.back().value;
    const std::string digits = good.substr(good.find('.') + 1);
    for (const std::string& text :
         {std::string(),
          std::string("."),
          '.' + digits,
          good + '0',
          good.substr(1),
          good.substr(0, good.size() - 1),
          good.substr(0, good.size() - 1) + 'g',
          std::string(1'000'000, 'a'),
          std::string(100, '\0'),
          "memory-9." + digits}) {
        domain::Record record = genuine;
        record.headers.back().value = text;
        EXPECT_FALSE(verifier.genuine(record)) << text.substr(0, 100);
    }
    domain::Record without = genuine;
    without.headers.pop_back();
    EXPECT_FALSE(verifier.genuine(without));
    EXPECT_FALSE(verifier.genuine({}));
}

TEST_F(RecordSignature, OfAnEarlierKeyIsGoodUntilThatIsForgotten) {
    const domain::Record old = signed_record();
    for (std::size_t newer = 1; newer < HmacRecordSigner::keys_kept; ++newer) {
        clock.advance(3600s);
        signer.renew();
        EXPECT_TRUE(verifier.genuine(signed_record())) << "a new key is asked for";
        EXPECT_TRUE(verifier.genuine(old)) << newer;
    }
    clock.advance(3600s);
    signer.renew();
    clock.advance(VerifierSettings{}.reload_every);
    EXPECT_FALSE(verifier.genuine(old));
}

TEST_F(RecordSignature, OfAKeyThatAnOperatorRetiredIsNotBelievedForLong) {
    const domain::Record old = signed_record();
    EXPECT_TRUE(verifier.genuine(old));
    keys.renew(0s, 1);
    clock.advance(VerifierSettings{}.reload_every);
    EXPECT_FALSE(verifier.genuine(old));
    EXPECT_FALSE(verifier.genuine(signed_record())) << "the signer has not asked yet";
    signer.renew();
    EXPECT_TRUE(verifier.genuine(signed_record()));
}

TEST_F(RecordSignature, OfUnknownKeysCostsTheStoreOneReadASecond) {
    domain::Record record = signed_record();
    record.headers.back().value = "another" + record.headers.back().value;
    EXPECT_FALSE(verifier.genuine(record));
    store.fail_next(1);
    for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(verifier.genuine(record));
    clock.advance(VerifierSettings{}.reload_pause);
    EXPECT_THROW(verifier.genuine(record), domain::WorldError) << "the read that was to fail";
}

}  // namespace
}  // namespace infra::crypto
