#pragma once

#include "domain/kernel/aggregate.hpp"
#include "infra/kafka/kafka_settings.hpp"

#include <string>
#include <vector>

namespace services::antiphon {

/// Where librdkafka's warnings go: our log.
infra::kafka::KafkaLog kafka_log();

std::vector<std::string> categories_of(const std::vector<domain::AggregatePtr>& aggregates);

}  // namespace services::antiphon
