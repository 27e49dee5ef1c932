#include "services/antiphon/operations/bookmark.hpp"

#include "domain/kernel/error.hpp"

#include <sys/file.h>

#include <fcntl.h>
#include <fstream>
#include <functional>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace services::antiphon {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file) {
    throw domain::SetupError(
        "cannot write " + file.string() + ", where the place is kept: give a folder with --data"
    );
}

std::filesystem::path file_of(
    const std::filesystem::path& data,
    const std::string& operation,
    const std::string& arguments
) {
    const auto folder = data / "operations";
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) refuse(folder);
    std::ostringstream name;
    name << operation << '-' << std::hex << std::hash<std::string>{}(arguments);
    return folder / name.str();
}

}  // namespace

Bookmark::Bookmark(
    const std::filesystem::path& data,
    const std::string& operation,
    std::string arguments
)
    : file_(file_of(data, operation, arguments)), arguments_(std::move(arguments)) {
    lock_ = open((file_.string() + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (lock_ < 0) refuse(file_);
    if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
    close(lock_);
    throw domain::SetupError(operation + " with these arguments runs already");
}

Bookmark::~Bookmark() { close(lock_); }

std::string Bookmark::place() const {
    std::ifstream file(file_);
    std::string arguments, place;
    std::getline(file, arguments);
    std::getline(file, place);
    return arguments == arguments_ ? place : "";
}

void Bookmark::keep(const std::string& place) {
    const std::string text = arguments_ + '\n' + place + '\n';
    const std::string beside = file_.string() + ".new";
    const int file = open(beside.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) refuse(file_);
    const bool written =
        write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        fsync(file) == 0;
    close(file);
    if (!written || rename(beside.c_str(), file_.c_str()) != 0) refuse(file_);
}

void Bookmark::forget() {
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
}

}  // namespace services::antiphon
