// What it costs to sign a record, and to verify one; and, given the URL of a PostgreSQL that is
// migrated and empty, what it would cost to believe no record and read each command from the store.
// docs/adr/0014 quotes both.

#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/topics.hpp"
#include "infra/crypto/hmac_record_signer.hpp"
#include "infra/crypto/hmac_record_verifier.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_record_keys.hpp"
#include "infra/postgres/postgres_command_log.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

/// Of a deposit as it stands on the replies, with `size` bytes in its value.
domain::Record sample(std::size_t size) {
    domain::EventEnvelope event;
    event.position = {123'456'789};
    event.stream = {"account", "0f8c6f0e-6a51-4a0d-9f0e-0b6a3c1d2e3f"};
    event.version = {42};
    event.type = "deposited";
    event.data = std::string(size, 'x');
    event.command_id = "5f0c8b1e-2f5d-4b46-8a3e-9d3c5a7b1f20";
    event.command_position = {120'456'789};
    event.last = true;
    event.issuer = {"user-000123", R"({"iss":"https://login.example","sub":"user-000123"})"};
    event.correlation_id = event.command_id;
    event.trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    domain::Record record = domain::event_record(event);
    record.key = event.issuer.subject;
    record.target = {"antiphon.replies", 5};
    domain::add_link(record, {1, event.position, {123'456'700}});
    return record;
}

std::size_t bytes_of(const domain::Record& record) {
    std::size_t bytes = record.key.size() + record.value.size();
    for (const auto& [name, value] : record.headers) bytes += name.size() + value.size();
    return bytes;
}

double processor_ns() { return static_cast<double>(std::clock()) * 1e9 / CLOCKS_PER_SEC; }

/// The least of some rounds, since others may use the processor: in ns of our own.
template <class Act>
double time_of(Act act) {
    constexpr int times = 20'000;
    double least = 1e18;
    for (int round = 0; round < 9; ++round) {
        const double begin = processor_ns();
        for (int i = 0; i < times; ++i) act();
        least = std::min(least, (processor_ns() - begin) / times);
    }
    return least;
}

/// As a worker would that owns all partitions, told by records only that there is something.
void read_from_store(const std::string& url) {
    constexpr int partitions = 8;
    constexpr std::int64_t rows = 40'000;
    infra::postgres::Connection connection({.url = url});
    infra::postgres::PostgresCommandLog log(connection);
    std::vector<domain::NewCommand> batch(500);
    for (std::int64_t n = 0; n < rows;) {
        for (auto& [command, fingerprint] : batch) {
            char id[48];
            std::snprintf(
                id, sizeof id, "00000000-0000-4000-8000-%012lld", static_cast<long long>(++n)
            );
            command.id = command.correlation_id = id;
            command.stream = {"account", "entity-" + std::to_string(n * 7919 % 10'000)};
            command.name = "deposit";
            command.data = std::string(300, ' ');
            command.issuer.subject = "user-" + std::to_string(n % 1'000);
        }
        log.append(batch);
    }
    for (const std::int64_t size : {20, 100, 500}) {
        const auto begin = Steady::now();
        const double before = processor_ns();
        std::int64_t read = 0;
        for (std::int64_t after = 0; after + size <= rows; after += size) {
            for (int partition = 0; partition < partitions; ++partition) {
                const domain::CommandRange range{
                    "account", partition, partitions, {after}, {after + size}};
                read += static_cast<std::int64_t>(log.read_range(range, 500).size());
            }
        }
        const double used = processor_ns() - before;
        const double passed =
            std::chrono::duration<double, std::nano>(Steady::now() - begin).count();
        const auto each = static_cast<double>(read);
        std::printf(
            "read from the store, batches of %lld: %.0f ns a command, %.0f of them ours\n",
            static_cast<long long>(size),
            passed / each,
            used / each
        );
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count > 1) read_from_store(arguments[1]);
    infra::memory::MemoryStore store;
    infra::memory::ManualClock clock;
    infra::memory::MemoryRecordKeys keys(store, clock);
    infra::crypto::HmacRecordSigner signer(keys, std::chrono::hours(1));
    infra::crypto::HmacRecordVerifier verifier(keys, clock);
    signer.renew();
    for (const std::size_t size : {std::size_t{30}, std::size_t{300}, std::size_t{60'000}}) {
        domain::Record record = sample(size);
        const double sign = time_of([&] {
            signer.sign(record);
            record.headers.pop_back();
        });
        signer.sign(record);
        bool genuine = true;
        const double verify = time_of([&] { genuine = genuine && verifier.genuine(record); });
        std::printf(
            "%zu bytes, %zu headers: sign %.0f ns, verify %.0f ns%s\n",
            bytes_of(record),
            record.headers.size(),
            sign,
            verify,
            genuine ? "" : " BROKEN"
        );
    }
}
