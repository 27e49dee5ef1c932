#pragma once

#include "domain/ports/archive.hpp"

#include <filesystem>
#include <future>

namespace infra::archive {

/// A folder: manifest.json, and a file for each segment, compressed as one frame of Zstandard. Each
/// file is written beside its place, made durable, and then put there. One process at a time writes
/// to a folder; any number may read. A thread of its own compresses and writes.
class FileArchive final : public domain::Archive {
  public:
    enum class Use { read, write };

    /// To write makes the folder, if need be. SetupError where it cannot, or another process writes
    /// there.
    FileArchive(std::filesystem::path folder, Use use);
    ~FileArchive() override;
    FileArchive(const FileArchive&) = delete;
    FileArchive& operator=(const FileArchive&) = delete;

    /// Begin anew: what is there is no archive any more.
    void forget();

    std::optional<domain::Manifest> manifest() override;
    void keep(const domain::Manifest& manifest) override;
    void write(domain::Segment segment, std::string lines) override;
    domain::Segment written() override;
    std::string read(const domain::Segment& segment) override;

  private:
    void replace(const std::string& name, std::string_view bytes) const;

    const std::filesystem::path folder_;
    int lock_ = -1;
    std::future<domain::Segment> writing_;
};

}  // namespace infra::archive
