#include "infra/memory/memory_archive.hpp"

#include "domain/kernel/error.hpp"

#include <functional>
#include <utility>

namespace infra::memory {
namespace {

std::string digest_of(const std::string& lines) {
    return std::to_string(std::hash<std::string>{}(lines));
}

}  // namespace

void MemoryArchive::write(domain::Segment segment, std::string lines) {
    segment.bytes = static_cast<std::int64_t>(lines.size());
    segment.sha256 = digest_of(lines);
    files_[domain::file_name(segment)] = std::move(lines);
    writing_ = std::move(segment);
}

std::string MemoryArchive::read(const domain::Segment& segment) {
    const auto file = files_.find(domain::file_name(segment));
    if (file == files_.end() || digest_of(file->second) != segment.sha256)
        throw domain::SetupError(domain::file_name(segment) + " is not as it was written");
    return file->second;
}

}  // namespace infra::memory
