#include "services/antiphon/kafka.hpp"

#include "domain/kernel/repeats.hpp"
#include "infra/runtime/system_clock.hpp"

#include <spdlog/spdlog.h>

#include <mutex>

namespace services::antiphon {

using infra::kafka::KafkaNews;

/// Each client says by itself what they all find out at once, and says it again with each try. Any
/// thread.
class KafkaReports::Lines {
  public:
    void log(spdlog::level::level_enum level, std::string_view line) {
        const std::lock_guard lock(mutex_);
        const std::string kind = domain::without_digits(std::string(line));
        if (const auto count = repeats_.occurred(clock_.elapsed(), 1, kind))
            spdlog::log(level, "{}{}", line, domain::times(count));
    }

  private:
    const infra::runtime::SystemClock clock_;
    std::mutex mutex_;
    domain::Repeats repeats_{std::chrono::seconds(30), 20};
};

KafkaReports::KafkaReports(Process& process)
    : process_(process), lines_(std::make_shared<Lines>()) {}

infra::kafka::KafkaLog KafkaReports::of_a_client(bool vital) {
    const auto state = std::make_shared<std::atomic<KafkaNews>>(KafkaNews::let_in);
    if (vital) add_conditions(state);
    return [state, lines = lines_](KafkaNews news, std::string_view line) {
        switch (news) {
            case KafkaNews::trouble:
                return lines->log(spdlog::level::warn, line);
            case KafkaNews::passing:
                return lines->log(spdlog::level::info, line);
            case KafkaNews::let_in:
                lines->log(spdlog::level::info, line);
                break;
            case KafkaNews::not_authenticated:
            case KafkaNews::not_trusted:
                break;  // librdkafka has told it as trouble, too
        }
        *state = news;
    };
}

void KafkaReports::add_conditions(const State& state) {
    process_.ready_when("Kafka does not take our password or certificate", [state] {
        return *state != KafkaNews::not_authenticated;
    });
    process_.ready_when(
        "no trusted connection to Kafka: its certificate is not taken by us, or ours by it",
        [state] { return *state != KafkaNews::not_trusted; }
    );
}

std::vector<std::string> categories_of(const std::vector<domain::AggregatePtr>& aggregates) {
    std::vector<std::string> categories;
    for (const auto& aggregate : aggregates) categories.emplace_back(aggregate->category());
    return categories;
}

}  // namespace services::antiphon
