#include "services/embedded_broker/fixed_port.hpp"

#include "domain/kernel/error.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <unistd.h>

namespace {

std::atomic<std::uint16_t> fixed_port{0};

}  // namespace

namespace services::embedded_broker {

void fix_port(std::uint16_t port) {
    fixed_port = port;
    const int probe = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int failed = bind(probe, reinterpret_cast<const sockaddr*>(&any), sizeof any);
    const int reason = errno;
    close(probe);
    if (failed) {
        throw domain::SetupError(
            "cannot listen on 127.0.0.1:" + std::to_string(port) + " (" + std::strerror(reason) +
            "): stop what listens there, or choose another --port"
        );
    }
}

}  // namespace services::embedded_broker

/// Takes the place of the C library's bind() for this process, librdkafka included, which has no
/// setting for the port of its mock cluster. It sets SO_REUSEADDR by itself.
extern "C" int bind(int socket, const sockaddr* address, socklen_t size) noexcept {
    sockaddr_in wanted{};
    if (address->sa_family == AF_INET && size == sizeof wanted) {
        std::memcpy(&wanted, address, sizeof wanted);
        if (wanted.sin_port == 0) wanted.sin_port = htons(fixed_port);
        return static_cast<int>(syscall(SYS_bind, socket, &wanted, sizeof wanted));
    }
    return static_cast<int>(syscall(SYS_bind, socket, address, size));
}
