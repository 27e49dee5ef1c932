#pragma once

#include "domain/ports/command_log.hpp"
#include "domain/ports/event_log.hpp"

#include <cstdio>
#include <string>

namespace kit {

/// The n-th UUID of the tests.
inline std::string sample_id(int n) {
    char text[40];
    std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012d", n);
    return text;
}

/// A moment that no rounding to milliseconds survives.
inline domain::Timestamp sample_time(int n) {
    return domain::Timestamp(std::chrono::microseconds(1'700'000'000'123'456 + n));
}

/// The n-th command, in which every field has a value of its own.
inline domain::NewCommand sample_command(int n, const std::string& entity = "ada's") {
    domain::CommandEnvelope command;
    command.id = sample_id(n);
    command.stream = {"account", entity};
    command.name = "deposit";
    command.data = R"({"zebra": 1,  "cents":)" + std::to_string(n) + R"(, "note":"sch\u00f6n ✓"})";
    command.issuer = {"user-" + std::to_string(n % 3), R"({"sub":"x",  "roles":["a"]})", "idp"};
    command.correlation_id = "correlation-" + std::to_string(n);
    command.trace_parent =
        n % 2 == 0 ? "" : "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    if (n % 2 == 0) command.expected_version = domain::StreamVersion{n};
    command.time = sample_time(n);
    return {command, "fingerprint-" + std::to_string(n)};
}

/// An event of the n-th command, in which every field but the position has a value of its own.
inline domain::EventEnvelope
sample_event(int n, const std::string& entity, std::int64_t version, int ordinal = 0) {
    const domain::CommandEnvelope command = sample_command(n).command;
    domain::EventEnvelope event;
    event.stream = {"account", entity};
    event.version = {version};
    event.type = "deposited";
    event.data = command.data;
    event.time = command.time;
    event.command_id = command.id;
    event.command_position = {n};
    event.ordinal = ordinal;
    event.last = ordinal == 0;
    event.issuer = command.issuer;
    event.correlation_id = command.correlation_id;
    event.trace_parent = command.trace_parent;
    return event;
}

}  // namespace kit
