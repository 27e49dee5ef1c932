#include "tests/kit/golden.hpp"

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace {

constexpr const char* usage =
    "usage: <aggregate>_golden FILE [--write]\n"
    "Holds the aggregate to the events that it once wrote, or adds those of new shapes to them.\n";

std::string content_of(const std::string& path) {
    std::ostringstream content;
    content << std::ifstream(path).rdbuf();
    return content.str();
}

/// With the one aggregate of this program, whose folder the file lies in.
bool run(const std::string& path, bool write) {
    const auto aggregates = domain::all_aggregates();
    const auto& aggregate = *aggregates.front();
    const auto folder = std::filesystem::absolute(path).parent_path().filename().string();
    kit::GoldenEvents golden(content_of(path));
    if (write) {
        const auto added = golden.add_new(aggregate);
        std::ofstream file(path);
        file << golden.text() << std::flush;
        if (!file) throw std::runtime_error("it cannot be written");
        std::cout << path << ": " << added << " events added\n";
    }
    const auto faults = golden.faults(aggregate, folder);
    for (const auto& fault : faults) std::cerr << path << ": " << fault << '\n';
    return faults.empty();
}

}  // namespace

int main(int count, char** arguments) {
    const bool write = count == 3 && std::string_view(arguments[2]) == "--write";
    if (count < 2 || (count > 2 && !write)) {
        std::cerr << usage;
        return 2;
    }
    try {
        return run(arguments[1], write) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << arguments[1] << ": " << error.what() << '\n';
        return 1;
    }
}
