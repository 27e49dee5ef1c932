#pragma once

#include "domain/ports/record_consumer.hpp"
#include "domain/ports/record_publisher.hpp"
#include "domain/ports/tail_consumer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace contract {

/// A broker and as many adapters on it as a test wants, each for one thread. One broker may serve
/// all tests: each uses topics and groups with names of its own.
class BrokerWorld {
  public:
    virtual ~BrokerWorld() = default;

    virtual std::unique_ptr<domain::RecordPublisher> make_publisher() = 0;

    /// A member of a group, from where the group has committed, else from the beginning.
    virtual std::unique_ptr<domain::RecordConsumer>
    make_group_consumer(const std::vector<std::string>& topics, const std::string& group) = 0;

    virtual std::unique_ptr<domain::TailConsumer> make_tail_consumer() = 0;
};
using MakeBrokerWorld = std::unique_ptr<BrokerWorld> (*)();

}  // namespace contract
