#pragma once

#include <cstdint>

namespace services::embedded_broker {

/// From now on this process gets `port` whenever it asks the kernel for any free one on an IPv4
/// address; 0 leaves it at any. The mock cluster always asks for any, and a broker that comes back
/// must have the address that its clients know. Throws SetupError if the port is taken: the mock
/// cluster would abort.
void fix_port(std::uint16_t port);

}  // namespace services::embedded_broker
