#pragma once

#include "domain/ports/archive.hpp"

#include <map>

namespace infra::memory {

/// Outlives whoever writes to it, as a folder does. Tests may damage what is there.
class MemoryArchive final : public domain::Archive {
  public:
    std::optional<domain::Manifest> manifest() override { return manifest_; }
    void keep(const domain::Manifest& manifest) override { manifest_ = manifest; }
    void write(domain::Segment segment, std::string lines) override;
    domain::Segment written() override { return writing_; }
    std::string read(const domain::Segment& segment) override;

    std::map<std::string, std::string>& files() { return files_; }

  private:
    std::optional<domain::Manifest> manifest_;
    domain::Segment writing_;
    std::map<std::string, std::string> files_;  ///< lines by the names of their segments
};

}  // namespace infra::memory
