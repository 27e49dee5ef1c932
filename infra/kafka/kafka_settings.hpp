#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace infra::kafka {

/// How our connections to Kafka are protected, and who we are there. Secrets are only given on.
struct KafkaSecurity {
    std::string protocol = "plaintext";  ///< or tls, sasl_plaintext, sasl_tls
    std::string tls_ca_file{};           ///< whom we believe; empty: whom the system does
    std::string tls_certificate_file{};  ///< of us, for brokers that want one
    std::string tls_key_file{};
    std::string tls_key_password{};
    std::string tls_key_password_file{};
    std::string sasl_mechanism{};  ///< PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512
    std::string sasl_user{};
    std::string sasl_password{};
    std::string sasl_password_file{};
};

/// How we talk to Kafka. The defaults suit Apache Kafka; the embedded broker answers a fetch that
/// finds nothing only when its wait is over, so there `fetch_wait_ms` is the time that a hop takes.
struct KafkaSettings {
    std::string brokers = "127.0.0.1:9092";  ///< host:port, with commas between several
    KafkaSecurity security;
    std::string client_id = "antiphon";  ///< how the broker's logs name us
    int linger_ms = 1;                   ///< send() gathers so long; flush() ends it at once
    int send_records_max = 100'000;      ///< more under way at once is a SetupError
    int fetch_wait_ms = 100;             ///< a broker holds an empty answer so long; 2 if embedded
    int session_timeout_ms = 6'000;      ///< a silent member of a group is replaced after it
    int request_timeout_ms = 5'000;      ///< for topics, offsets and cluster

    /// A member that does not poll for so long leaves its partitions to others. Also how long, and
    /// 3 s more, one waits for the answer to its joining before it joins anew: the broker may be
    /// gone without a word. Not below the session's; Kafka's own default is 5 minutes.
    int max_poll_interval_ms = 60'000;

    /// What a consumer fetches ahead, both at once. When one is reached the next look is up to a
    /// second later, so they are also what a consumer that lags can take in a second.
    int prefetch_records_max = 50'000;
    int prefetch_kilobytes_max = 32'768;
};

/// What a client has to tell.
enum class KafkaNews {
    trouble,            ///< a line that is worth a warning
    passing,            ///< what a cluster that starts says, and what ends by itself
    not_authenticated,  ///< Kafka does not take our password
    not_trusted,        ///< one of the two does not take the other's certificate
    let_in              ///< neither of them any more
};

/// Takes one line of it. Called from any thread, librdkafka's own among them, and now and then by a
/// client that could not be destroyed: what it reaches lives with the process.
using KafkaLog = std::function<void(KafkaNews news, std::string_view line)>;

}  // namespace infra::kafka
