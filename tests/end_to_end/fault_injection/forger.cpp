// Whoever may read, write and delete on all our topics, and has no key: writes junk and forgeries
// until it is told to stop, or deletes. What it makes of records that relays wrote is one thing
// different, or the same again, or somewhere else.

#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/error.hpp"
#include "domain/kernel/topics.hpp"
#include "infra/kafka/kafka_record_publisher.hpp"
#include "infra/kafka/kafka_tail_consumer.hpp"
#include "tests/end_to_end/fault_injection/destroyer.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <deque>
#include <iostream>
#include <random>
#include <string>

namespace {

using namespace std::chrono_literals;
using domain::Record;

constexpr std::string_view category = "account";
volatile std::sig_atomic_t stopping = 0;

infra::kafka::KafkaSettings settings_of(const std::string& brokers) {
    infra::kafka::KafkaSettings settings;
    settings.brokers = brokers;
    settings.client_id = "forger";
    return settings;
}

void untold(infra::kafka::KafkaNews, std::string_view) {}

class Forger {
  public:
    Forger(const std::string& brokers, const std::string& prefix, int partitions, unsigned seed)
        : brokers_(brokers),
          topics_{prefix},
          partitions_(partitions),
          random_(seed),
          publisher_(settings_of(brokers), untold),
          consumer_(settings_of(brokers), untold) {
        consumer_.follow(infra::kafka::partitions_of(read_topics()));
    }

    void run() {
        while (!stopping) {
            try {
                step();
            } catch (const domain::WorldError&) {
                publisher_.abandon();  // the broker is away, or the topic is
            }
        }
        std::cout << "wrote " << written_ << std::endl;
    }

    /// Deletes a topic, and makes it with as many partitions.
    void remake(const std::string& topic, int partitions) {
        const std::string name = topics_.prefix + '.' + topic;
        Destroyer(brokers_).delete_topic(name);
        try {
            publisher_.ensure_topics(std::array{domain::TopicSpec{name, partitions}});
        } catch (const domain::WorldError&) {
            // A relay was quicker.
        }
        std::cout << "remade " << name << std::endl;
    }

    void delete_records(const std::string& topic) {
        const std::string name = topics_.prefix + '.' + topic;
        const auto count = Destroyer(brokers_).delete_records(name, partitions_, random_);
        std::cout << "deleted " << count << " of " << name << std::endl;
    }

  private:
    std::vector<domain::TopicSpec> read_topics() const {
        return {
            {topics_.commands(category), partitions_},
            {topics_.replies(), partitions_},
            {topics_.events(category), partitions_}};
    }

    std::string any_topic() {
        const auto topics = read_topics();
        return topics[static_cast<std::size_t>(below(static_cast<int>(topics.size())))].topic;
    }

    int below(int end) { return std::uniform_int_distribution<>(0, end - 1)(random_); }

    void step() {
        constexpr std::size_t hoard_max = 500;
        for (auto& [offset, record] : consumer_.poll(100, 20ms).records) {
            const auto link = domain::link_of(record);
            if (!link || link->position.value > 1'000'000'000) continue;  // of our own making
            hoard_.push_back(std::move(record));
            if (hoard_.size() > hoard_max) hoard_.pop_front();
        }
        std::vector<Record> batch;
        for (int i = 0; i < 10; ++i) batch.push_back(any_record());
        publisher_.send(batch);
        if (!publisher_.flush(500ms)) return;
        if (written_ == 0) std::cout << "ready" << std::endl;
        written_ += batch.size();
    }

    Record any_record() {
        if (hoard_.empty() || below(10) == 0) return junk();
        Record record = hoard_[static_cast<std::size_t>(below(static_cast<int>(hoard_.size())))];
        switch (below(6)) {
            case 0:  // as it was
                break;
            case 1:
                record.target.partition = below(partitions_);
                break;
            case 2:
                record.target.topic = any_topic();
                break;
            case 3:
                record.value = R"({"cents":1})";
                break;
            case 4:
                invent_user(record);
                break;
            default:
                claim_place(record);
        }
        if (below(4) == 0 && !record.headers.empty())
            record.headers.erase(
                record.headers.begin() + below(static_cast<int>(record.headers.size()))
            );
        return record;
    }

    /// A place that nobody has given it: above the head, or one that is no number of ours.
    void claim_place(Record& record) {
        const auto link = domain::link_of(record);
        const std::int64_t at = link ? link->position.value : 1;
        const std::array<std::string, 7> places{
            std::to_string(at + 1 + below(200)),
            std::to_string(at + 1 + below(200)),
            "1000000000000000",
            "9223372036854775807",
            "-1",
            "99999999999999999999999999",
            ""};
        set(record,
            "ce_position",
            places[static_cast<std::size_t>(below(static_cast<int>(places.size())))]);
        set(record, "ce_predecessor", below(3) == 0 ? "-5" : "0");
        if (below(3) == 0) set(record, "ce_id", "00000000-0000-4000-8000-000000000666");
        if (below(4) == 0) set(record, "ce_incarnation", "2");
        if (below(2) == 0 && record.headers.size() > 1) record.headers.pop_back();
    }

    /// Nobody there is, or one of another issuer's users, with the key that suits or as it was.
    void invent_user(Record& record) {
        const std::array<std::string, 3> issuers{"", "https://evil.example", "idp.example"};
        const auto& issuer = issuers[static_cast<std::size_t>(below(3))];
        if (issuer.empty() || below(2) == 0) set(record, "ce_user", "eve");
        std::erase_if(record.headers, [](const auto& header) {
            return header.name == "ce_issuer";
        });
        if (!issuer.empty()) record.headers.push_back({"ce_issuer", issuer});
        const auto subject = std::ranges::find(record.headers, "ce_user", &domain::Header::name);
        if (below(2) == 0 && subject != record.headers.end())
            record.key = domain::user_key({subject->value, "{}", issuer});
    }

    static void set(Record& record, std::string_view name, std::string value) {
        const auto found = std::ranges::find(record.headers, name, &domain::Header::name);
        if (found != record.headers.end()) found->value = std::move(value);
    }

    Record junk() {
        Record record;
        record.target = {any_topic(), below(partitions_)};
        if (below(3) == 0) return record;  // empty
        record.key = std::string(1, static_cast<char>(below(256)));
        record.value = std::string(below(60) == 0 ? 900'000 : 5, '\xff');
        for (int i = below(3) == 0 ? 3'000 : 3; i > 0; --i)
            record.headers.push_back({below(2) == 0 ? "ce_position" : "\xff", "\n\r\xff"});
        return record;
    }

    const std::string brokers_;
    const domain::Topics topics_;
    const int partitions_;
    std::mt19937 random_;
    infra::kafka::KafkaRecordPublisher publisher_;
    infra::kafka::KafkaTailConsumer consumer_;
    std::deque<Record> hoard_;
    std::size_t written_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
    if (count < 5 || count > 7) {
        std::cerr << "usage: antiphon-forger BROKERS PREFIX PARTITIONS SEED [TOPIC [PARTITIONS]]\n"
                     "With a topic, records of it are deleted, or the topic itself, which is then "
                     "made with so many partitions; and that is all.\n";
        return 2;
    }
    std::signal(SIGTERM, [](int) { stopping = 1; });
    Forger forger(
        arguments[1],
        arguments[2],
        std::stoi(arguments[3]),
        static_cast<unsigned>(std::stoul(arguments[4]))
    );
    if (count == 7)
        forger.remake(arguments[5], std::stoi(arguments[6]));
    else if (count == 6)
        forger.delete_records(arguments[5]);
    else
        forger.run();
}
