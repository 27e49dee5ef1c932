#pragma once

#include <csignal>
#include <memory>
#include <string>

namespace contract {

/// A broker of a test, in its own processes, on loopback. Runs from the time it is made; its port
/// stays the same whatever happens to it. Gone when this object is.
class TestBroker {
  public:
    virtual ~TestBroker() = default;
    virtual std::string address() const = 0;
    virtual void stop() = 0;
    /// With what it held, if it is of a kind that keeps anything. Nothing if it runs.
    virtual void start() = 0;
    /// It stands still, with all its connections open, until it is told to go on.
    void freeze() { kill(pid(), SIGSTOP); }
    void thaw() { kill(pid(), SIGCONT); }
    /// Stops it and starts another cluster in its place, which is empty.
    virtual void replace() = 0;

  private:
    virtual pid_t pid() const = 0;
};

std::unique_ptr<TestBroker> start_embedded_broker();

/// Null where Maven or Java are missing.
std::unique_ptr<TestBroker> start_apache_kafka();

/// The same, with its secured listeners: see dev/kafka/run.
struct SecuredKafka {
    std::unique_ptr<TestBroker> broker;
    std::string folder{};

    std::string address(const std::string& listener) const;
};
SecuredKafka start_secured_kafka();

}  // namespace contract
