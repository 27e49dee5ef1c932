#pragma once

#include <filesystem>
#include <string>

namespace services::antiphon {

/// Where an operation goes on that was stopped: a file in the data folder, of this operation with
/// these arguments. Only one process has it at a time.
class Bookmark {
  public:
    /// `arguments`: all that makes it another work. Throws domain::SetupError where another process
    /// has it, or where no file can be made.
    Bookmark(
        const std::filesystem::path& data,
        const std::string& operation,
        std::string arguments
    );
    ~Bookmark();
    Bookmark(const Bookmark&) = delete;
    Bookmark& operator=(const Bookmark&) = delete;

    /// As it was kept; empty if there is none.
    std::string place() const;
    /// Durable when it returns.
    void keep(const std::string& place);
    /// The work is done, or shall begin anew.
    void forget();

  private:
    std::filesystem::path file_;
    std::string arguments_;
    int lock_ = -1;
};

}  // namespace services::antiphon
