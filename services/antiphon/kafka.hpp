#pragma once

#include "domain/kernel/aggregate.hpp"
#include "infra/kafka/kafka_settings.hpp"
#include "services/antiphon/process.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace services::antiphon {

/// What the clients of a process tell of Kafka: it goes to our log, of all of them together within
/// bounds.
class KafkaReports {
  public:
    explicit KafkaReports(Process& process);

    /// `vital`: the process is not ready while Kafka does not let this one in.
    infra::kafka::KafkaLog of_a_client(bool vital = true);

  private:
    class Lines;
    using State = std::shared_ptr<std::atomic<infra::kafka::KafkaNews>>;

    void add_conditions(const State& state);

    Process& process_;
    std::shared_ptr<Lines> lines_;  ///< a client may outlive the process's parts
};

std::vector<std::string> categories_of(const std::vector<domain::AggregatePtr>& aggregates);

}  // namespace services::antiphon
