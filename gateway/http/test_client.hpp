#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace gateway::http::testing {

struct Received {
    int status = 0;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;

    /// Empty where there is none.
    std::string header(const std::string& lower_case_name) const;
};

/// A client that blocks, for tests, on 127.0.0.1. Every call throws std::runtime_error when it
/// takes more than ten seconds or the connection ends too early.
class TestClient {
  public:
    explicit TestClient(std::uint16_t port);
    ~TestClient();
    TestClient(const TestClient&) = delete;
    TestClient& operator=(const TestClient&) = delete;

    /// Goes on for as long as the server takes it.
    void send(const std::string& bytes);
    /// No more will be sent.
    void shutdown();

    Received read_head();
    Received read_response();
    std::string read_exactly(std::size_t size);
    /// What comes until the server closes or resets the connection.
    std::string read_to_end();

  private:
    bool receive();

    int descriptor_;
    std::string received_;
};

}  // namespace gateway::http::testing
