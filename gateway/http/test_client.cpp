#include "gateway/http/test_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <unistd.h>

namespace gateway::http::testing {

std::string Received::header(const std::string& lower_case_name) const {
    const auto found = headers.find(lower_case_name);
    return found == headers.end() ? std::string() : found->second;
}

TestClient::TestClient(std::uint16_t port) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{10, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        close(descriptor_);
        throw std::runtime_error("cannot connect");
    }
}

TestClient::~TestClient() { close(descriptor_); }

void TestClient::send(const std::string& bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const ssize_t size =
            ::send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (size < 0) return;
        sent += static_cast<std::size_t>(size);
    }
}

void TestClient::shutdown() { ::shutdown(descriptor_, SHUT_WR); }

bool TestClient::receive() {
    std::array<char, 64 * 1024> bytes;
    const ssize_t size = recv(descriptor_, bytes.data(), bytes.size(), 0);
    if (size < 0 && errno != ECONNRESET) throw std::runtime_error("nothing came for ten seconds");
    if (size <= 0) return false;
    received_.append(bytes.data(), static_cast<std::size_t>(size));
    return true;
}

std::string TestClient::read_exactly(std::size_t size) {
    while (received_.size() < size) {
        if (!receive()) throw std::runtime_error("the connection ended in an answer");
    }
    std::string bytes = received_.substr(0, size);
    received_.erase(0, size);
    return bytes;
}

std::string TestClient::read_to_end() {
    while (receive()) {
    }
    return std::move(received_);
}

Received TestClient::read_head() {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive()) throw std::runtime_error("the connection ended in a head");
    }
    const std::string head = read_exactly(end + 4);
    Received response;
    response.status = std::stoi(head.substr(head.find(' ') + 1));
    std::size_t line = head.find("\r\n") + 2;
    while (line < end) {
        const std::size_t colon = head.find(": ", line);
        const std::size_t stop = head.find("\r\n", line);
        std::string name = head.substr(line, colon - line);
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        response.headers[name] = head.substr(colon + 2, stop - colon - 2);
        line = stop + 2;
    }
    return response;
}

Received TestClient::read_response() {
    Received response = read_head();
    const std::string length = response.header("content-length");
    if (!length.empty()) response.body = read_exactly(std::stoul(length));
    return response;
}

}  // namespace gateway::http::testing
