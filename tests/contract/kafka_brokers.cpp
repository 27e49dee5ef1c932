#include "tests/contract/kafka_brokers.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace contract {
namespace {

/// What a command prints, and whether it ended well.
struct Ran {
    bool good = false;
    std::string output;
};

Ran run(const std::string& command) {
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    if (!pipe) throw std::runtime_error("cannot run " + command);
    Ran ran;
    char text[4096];
    while (std::size_t size = std::fread(text, 1, sizeof text, pipe)) ran.output.append(text, size);
    ran.good = pclose(pipe) == 0;
    return ran;
}

class EmbeddedBroker final : public TestBroker {
  public:
    EmbeddedBroker() { start(); }
    ~EmbeddedBroker() override { stop(); }

    std::string address() const override { return "127.0.0.1:" + port_; }

    void start() override {
        if (child_ > 0) return;
        int output[2];
        if (pipe(output) != 0) throw std::runtime_error("no pipe");
        child_ = fork();
        if (child_ == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            dup2(output[1], STDOUT_FILENO);
            close(output[0]);
            execl(ANTIPHON_BROKER, ANTIPHON_BROKER, "--port", port_.c_str(), nullptr);
            _exit(127);
        }
        close(output[1]);
        std::string line;
        char next = 0;
        while (read(output[0], &next, 1) == 1 && next != '\n') line += next;
        close(output[0]);
        if (!line.starts_with("ready ")) throw std::runtime_error("no broker: " + line);
        port_ = line.substr(line.rfind(':') + 1);
    }

    void stop() override {
        if (child_ <= 0) return;
        kill(child_, SIGTERM);
        waitpid(child_, nullptr, 0);
        child_ = 0;
    }

    void replace() override {
        stop();
        start();
    }

  private:
    pid_t pid() const override { return child_; }

    pid_t child_ = 0;
    std::string port_ = "0";
};

class ApacheKafka final : public TestBroker {
  public:
    /// `kind` is "secured" or empty.
    explicit ApacheKafka(std::string kind = "") : kind_(std::move(kind)) {
        char name[] = "/tmp/antiphon-kafka-XXXXXX";
        if (!mkdtemp(name)) throw std::runtime_error("no directory for Kafka");
        directory_ = name;
        guard();
        start();
    }
    ~ApacheKafka() override {
        close(alive_);
        waitpid(guard_, nullptr, 0);
    }

    std::string address() const override { return address_; }

    void start() override {
        const std::string port = address_.substr(address_.rfind(':') + 1);
        const Ran started = run(script() + "start " + directory_ + " " + port + " " + kind_);
        if (!started.good) throw std::runtime_error("no Kafka: " + started.output);
        const Ran asked = run(script() + "address " + directory_);
        address_ = asked.output.substr(0, asked.output.find('\n'));
    }

    void stop() override {
        const Ran stopped = run(script() + "stop " + directory_);
        if (!stopped.good) throw std::runtime_error("Kafka does not stop: " + stopped.output);
    }

    void replace() override {
        stop();
        for (const auto& entry : std::filesystem::directory_iterator(directory_))
            std::filesystem::remove_all(entry.path());
        start();
    }

    const std::string& folder() const { return directory_; }

    static std::string script() { return std::string(ANTIPHON_KAFKA_RUN) + " "; }

  private:
    pid_t pid() const override {
        pid_t id = 0;
        std::ifstream(directory_ + "/pid") >> id;
        return id;
    }

    /// A child that clears up when this process ends, be it killed.
    void guard() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        guard_ = fork();
        if (guard_ == 0) {
            setsid();  // out of the way of a signal to the whole test
            close(ends[1]);
            char nothing = 0;
            std::ignore = read(ends[0], &nothing, 1);  // until the other end is closed
            const std::string clear = script() + "stop " + directory_ + "; rm -rf " + directory_;
            execl("/bin/sh", "sh", "-c", clear.c_str(), nullptr);
            _exit(127);
        }
        close(ends[0]);
        alive_ = ends[1];
    }

    std::string kind_;
    int alive_ = -1;
    pid_t guard_ = 0;
    std::string directory_;
    std::string address_ = "127.0.0.1:0";  // any port at first
};

bool has_apache_kafka() {
    const Ran check = run(ApacheKafka::script() + "check");
    if (!check.good) std::fputs(check.output.c_str(), stderr);
    return check.good;
}

}  // namespace

std::unique_ptr<TestBroker> start_embedded_broker() { return std::make_unique<EmbeddedBroker>(); }

std::unique_ptr<TestBroker> start_apache_kafka() {
    if (has_apache_kafka()) return std::make_unique<ApacheKafka>();
    return nullptr;
}

SecuredKafka start_secured_kafka() {
    if (!has_apache_kafka()) return {};
    auto broker = std::make_unique<ApacheKafka>("secured");
    const std::string folder = broker->folder();
    return {std::move(broker), folder};
}

std::string SecuredKafka::address(const std::string& listener) const {
    const Ran asked = run(ApacheKafka::script() + "address " + folder + " " + listener);
    if (!asked.good) throw std::runtime_error(asked.output);
    return asked.output.substr(0, asked.output.find('\n'));
}

}  // namespace contract
