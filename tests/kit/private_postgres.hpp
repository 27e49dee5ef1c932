#pragma once

#include <array>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace kit {

/// A PostgreSQL of a test program's own, by dev/postgres (ANTIPHON_SOURCE_DIR names our root), in a
/// folder under the current one. What an earlier run left there, killed perhaps, goes first.
class PrivatePostgres {
  public:
    explicit PrivatePostgres(const std::string& name)
        : dir_(std::filesystem::current_path() / "private-postgres" / name) {
        remove();
        start();
    }
    ~PrivatePostgres() { remove(); }

    void start() const { run("start"); }
    void stop() const { run("stop"); }

    /// Of one of its databases, as its owner. `antiphon` is there from the start.
    std::string url(const std::string& database = "antiphon") const { return of(database, "url"); }

    /// As `run_role`, which can do only what it is granted.
    std::string run_url(const std::string& database = "antiphon") const {
        return of(database, "run-url");
    }
    static constexpr const char* run_role = "antiphon_run";

  private:
    std::string of(const std::string& database, const std::string& verb) const {
        const auto url = run(verb);
        return url.substr(0, url.find("@/") + 2) + database + url.substr(url.find('?'));
    }

    /// What it prints, without the end of the line.
    std::string run(const std::string& verb) const {
        const auto command =
            "'" ANTIPHON_SOURCE_DIR "/dev/postgres' " + verb + " '" + dir_.string() + "'";
        FILE* const pipe = popen(command.c_str(), "r");
        if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
        std::array<char, 1024> line{};
        const bool any = std::fgets(line.data(), line.size(), pipe) != nullptr;
        if (pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
        const std::string text(any ? line.data() : "");
        return text.substr(0, text.find('\n'));
    }

    void remove() const {
        if (!std::filesystem::exists(dir_)) return;
        stop();
        std::filesystem::remove_all(dir_);
    }

    std::filesystem::path dir_;
};

}  // namespace kit
