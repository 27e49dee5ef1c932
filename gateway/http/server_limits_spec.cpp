#include "gateway/http/server_fixture.hpp"
#include "tests/kit/eventually.hpp"
#include "tests/kit/log_lines.hpp"

#include <algorithm>
#include <fstream>

namespace gateway::http {
namespace {

using namespace testing;

/// Bytes of ours for the client of a connection to this port that the kernel holds.
std::size_t kernel_queue(std::uint16_t server_port) {
    std::ifstream table("/proc/net/tcp");
    std::string line;
    std::size_t bytes = 0;
    while (std::getline(table, line)) {
        unsigned local = 0;
        unsigned state = 0;
        unsigned long queue = 0;
        if (std::sscanf(line.c_str(), " %*d: %*x:%x %*x:%*x %x %lx:", &local, &state, &queue) ==
                3 &&
            local == server_port && state == 1)
            bytes = std::max<std::size_t>(bytes, queue);
    }
    return bytes;
}

TEST_F(ServerSpec, LogsALineForThousandsOfFailures) {
    const kit::LogLines log;
    start();
    TestClient client = connect();
    std::string all;
    for (int i = 0; i < 100; ++i) {
        const std::string path = "/fail?how=world&number=" + std::to_string(i);
        all += "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\nGET /fail HTTP/1.1\r\nHost: x\r\n\r\n";
    }
    for (int round = 0; round < 50; ++round) {
        client.send(all);
        for (int i = 0; i < 200; ++i) ASSERT_EQ(client.read_response().status, i % 2 ? 500 : 503);
    }
    EXPECT_LE(log.count(), 2u * 2) << log.text();  // one of each kind in ten seconds
    EXPECT_GE(log.count(), 2u);
}

TEST_F(ServerSpec, LogsALineForManyConnectionsThatAreTooMany) {
    const kit::LogLines log;
    settings_.connections_max = 1;
    start();
    TestClient client = connect();
    client.send(get);
    client.read_response();
    for (int i = 0; i < 500; ++i) {
        TestClient refused = connect();
        refused.send(get);  // one that says nothing is waited for, a second long
        EXPECT_EQ(refused.read_response().status, 503);
    }
    EXPECT_LE(log.count(), 2u) << log.text();
    EXPECT_GE(log.count(), 1u);
}

TEST_F(ServerSpec, LeavesLittleOfAnAnswerWithTheKernelWhileNobodyReads) {
    start();
    TestClient client = connect();
    client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    client.read_exactly(1);
    // Until what the client's side takes is full, too: then the queue holds something and stands
    // still. A busy machine may leave the server without a processor before it holds anything.
    std::size_t queued = 0;
    int unchanged = 0;
    EXPECT_TRUE(kit::eventually([&] {
        const std::size_t now = kernel_queue(port_);
        unchanged = now > 0 && now == queued ? unchanged + 1 : 0;
        queued = now;
        return unchanged == 20;
    }));
    EXPECT_LT(queued, 512u * 1024);
}

}  // namespace
}  // namespace gateway::http
