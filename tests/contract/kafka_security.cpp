#include "domain/kernel/error.hpp"
#include "tests/contract/kafka_brokers.hpp"
#include "tests/contract/kafka_world.hpp"
#include "tests/contract/records_suite.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <mutex>
#include <string_view>

namespace contract {
namespace {

using namespace std::chrono_literals;
using namespace infra::kafka;

/// One for all tests of this program: it takes seconds to start.
SecuredKafka kafka;
/// Certificates of an authority that nobody believes.
std::string others;

std::string word_in(const std::string& file) {
    std::ifstream in(file);
    std::string word;
    in >> word;
    return word;
}

std::string tls(const std::string& file) { return kafka.folder + "/tls/" + file; }

KafkaSettings reached_by(const std::string& listener) {
    KafkaSettings settings;
    settings.brokers = kafka.address(listener);
    settings.fetch_wait_ms = 5;
    settings.max_poll_interval_ms = 18'000;
    settings.request_timeout_ms = 1'000;
    settings.security.protocol = listener;
    if (listener != "sasl_plaintext") settings.security.tls_ca_file = tls("ca.pem");
    return settings;
}

KafkaSettings with_password(const std::string& listener, const std::string& mechanism) {
    KafkaSettings settings = reached_by(listener);
    settings.security.sasl_mechanism = mechanism;
    settings.security.sasl_user = "antiphon";
    settings.security.sasl_password_file = tls("password");
    return settings;
}

KafkaSettings with_certificate() {
    KafkaSettings settings = reached_by("tls");
    settings.security.tls_certificate_file = tls("client.pem");
    settings.security.tls_key_file = tls("client.key");
    settings.security.tls_key_password = word_in(tls("client.password"));
    return settings;
}

KafkaSettings plain() { return with_password("sasl_tls", "PLAIN"); }
KafkaSettings scram_256() { return with_password("sasl_tls", "SCRAM-SHA-256"); }
KafkaSettings scram_512() { return with_password("sasl_tls", "SCRAM-SHA-512"); }
KafkaSettings scram_in_clear() { return with_password("sasl_plaintext", "SCRAM-SHA-512"); }

template <KafkaSettings (*settings)()>
std::unique_ptr<BrokerWorld> world_of() {
    return std::make_unique<KafkaWorld>(settings());
}

INSTANTIATE_TEST_SUITE_P(Scram512, RecordsSuite, testing::Values(&world_of<scram_512>));

/// Each way in, with each kind of client.
class WayIn : public RecordsSuite {};
constexpr MakeBrokerWorld ways[] = {
    &world_of<plain>,
    &world_of<scram_256>,
    &world_of<scram_in_clear>,
    &world_of<with_certificate>};
INSTANTIATE_TEST_SUITE_P(Kafka, WayIn, testing::ValuesIn(ways));

TEST_P(WayIn, IsOpenToProducerGroupAndTail) {
    auto member = group_reader();
    auto tail = tail_reader();
    publish({record(1, "in")});
    for (Reader* const reader : {&member, &tail}) {
        EXPECT_TRUE(kit::eventually(
            [&] {
                reader->poll();
                const auto values = reader->values();
                return std::ranges::count(values, "in") == 1;
            },
            deadline
        ));
    }
}

/// Who is to be refused, and what is then said.
struct Stranger {
    const char* name;
    std::function<KafkaSettings()> settings;
    KafkaNews news;
    const char* says;
};

KafkaSettings wrong_password(KafkaSettings settings) {
    settings.security.sasl_password_file.clear();
    settings.security.sasl_password = "open-sesame";
    return settings;
}

KafkaSettings wrong_authority(KafkaSettings settings) {
    settings.security.tls_ca_file = others + "/ca.pem";
    return settings;
}

/// The certificate is for 127.0.0.1 alone.
KafkaSettings wrong_host(KafkaSettings settings) {
    settings.brokers = "localhost" + settings.brokers.substr(settings.brokers.find(':'));
    return settings;
}

KafkaSettings without_certificate() { return reached_by("tls"); }

KafkaSettings wrong_certificate() {
    KafkaSettings settings = reached_by("tls");
    settings.security.tls_certificate_file = others + "/client.pem";
    settings.security.tls_key_file = others + "/client.key";
    settings.security.tls_key_password_file = others + "/client.password";
    return settings;
}

/// What a test's output calls it.
void PrintTo(const Stranger& stranger, std::ostream* out) { *out << stranger.name; }

class StrangerIn : public testing::TestWithParam<Stranger> {
  protected:
    /// Whether a client has told what it should. Any thread may tell.
    struct Heard {
        std::mutex mutex;
        std::vector<KafkaNews> news;
        std::string text;
    };

    StrangerIn()
        : world_(GetParam().settings(), [heard = heard_](KafkaNews news, std::string_view line) {
              const std::lock_guard lock(heard->mutex);
              heard->news.push_back(news);
              heard->text.append(line).push_back('\n');
          }) {}

    bool told() const {
        const std::lock_guard lock(heard_->mutex);
        return std::ranges::count(heard_->news, GetParam().news) > 0 &&
               heard_->text.find(GetParam().says) != std::string::npos;
    }

    void expect_told(const std::function<void()>& act) {
        const bool heard = kit::eventually([&] { return act(), told(); }, 20s);
        const std::lock_guard lock(heard_->mutex);
        EXPECT_TRUE(heard) << heard_->text;
        EXPECT_EQ(std::ranges::count(heard_->news, KafkaNews::let_in), 0);
        EXPECT_EQ(heard_->text.find("open-sesame"), std::string::npos) << heard_->text;
        heard_->news.clear();
        heard_->text.clear();
    }

    const std::shared_ptr<Heard> heard_ = std::make_shared<Heard>();
    KafkaWorld world_;
};

TEST_P(StrangerIn, IsRefusedAndToldWhy) {
    const std::vector<domain::TopicSpec> specs{{"strange", 4}};
    auto publisher = world_.make_publisher();
    expect_told([&] {
        try {
            publisher->ensure_topics(specs);
            ADD_FAILURE() << "it was let in";
        } catch (const domain::WorldError& error) {
            EXPECT_EQ(std::string_view(error.what()).find("open-sesame"), std::string_view::npos);
        }
    });
    publisher.reset();
    auto member = world_.make_group_consumer({"strange"}, "strangers");
    expect_told([&] { EXPECT_TRUE(member->poll(10, 50ms).records.empty()); });
    member.reset();
    auto tail = world_.make_tail_consumer();
    tail->follow({{"strange", 0}});
    expect_told([&] { EXPECT_TRUE(tail->poll(10, 50ms).assigned.empty()); });
}

const Stranger strangers[] = {
    {"PlainWithAWrongPassword",
     [] { return wrong_password(plain()); },
     KafkaNews::not_authenticated,
     "Invalid username or password"},
    {"Scram256WithAWrongPassword",
     [] { return wrong_password(scram_256()); },
     KafkaNews::not_authenticated,
     "invalid credentials with SASL mechanism SCRAM-SHA-256"},
    {"Scram512WithAWrongPassword",
     [] { return wrong_password(scram_512()); },
     KafkaNews::not_authenticated,
     "invalid credentials with SASL mechanism SCRAM-SHA-512"},
    {"ABrokerOfAnotherAuthority",
     [] { return wrong_authority(scram_512()); },
     KafkaNews::not_trusted,
     "kafka.tls_ca_file has to hold the authority that signed it"},
    {"ABrokerThatNobodyOfTheSystemKnows",
     [] {
         KafkaSettings settings = scram_512();
         settings.security.tls_ca_file.clear();
         return settings;
     },
     KafkaNews::not_trusted,
     "kafka.tls_ca_file has to hold the authority that signed it"},
    {"ABrokerOfAnotherName",
     [] { return wrong_host(scram_512()); },
     KafkaNews::not_trusted,
     "ostname mismatch: name the broker in kafka.brokers"},
    {"AClientWithoutACertificate", without_certificate, KafkaNews::not_trusted, "bad certificate"},
    {"AClientOfAnotherAuthority", wrong_certificate, KafkaNews::not_trusted, "certificate"}};

std::string name_of(const testing::TestParamInfo<Stranger>& stranger) {
    return stranger.param.name;
}

INSTANTIATE_TEST_SUITE_P(Kafka, StrangerIn, testing::ValuesIn(strangers), name_of);

}  // namespace
}  // namespace contract

int main(int count, char** arguments) {
    testing::InitGoogleTest(&count, arguments);
    contract::kafka = contract::start_secured_kafka();
    if (!contract::kafka.broker) {
        const char* ci = std::getenv("CI");
        return ci && std::string_view(ci) == "true" ? 1 : 77;  // 77: skipped
    }
    contract::others = contract::kafka.folder + "/others";
    const std::string make = ANTIPHON_CERTIFICATES " " + contract::others + " IP:127.0.0.1";
    const int result = std::system(make.c_str()) == 0 ? RUN_ALL_TESTS() : 1;
    contract::kafka.broker.reset();
    return result;
}
