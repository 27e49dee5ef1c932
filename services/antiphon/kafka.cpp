#include "services/antiphon/kafka.hpp"

#include <spdlog/spdlog.h>

namespace services::antiphon {

infra::kafka::KafkaLog kafka_log() {
    return [](std::string_view line) { spdlog::warn("{}", line); };
}

std::vector<std::string> categories_of(const std::vector<domain::AggregatePtr>& aggregates) {
    std::vector<std::string> categories;
    for (const auto& aggregate : aggregates) categories.emplace_back(aggregate->category());
    return categories;
}

}  // namespace services::antiphon
