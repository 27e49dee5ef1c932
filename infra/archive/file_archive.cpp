#include "infra/archive/file_archive.hpp"

#include "domain/kernel/error.hpp"
#include "infra/archive/manifest_text.hpp"
#include "infra/archive/sha256.hpp"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <unistd.h>
#include <utility>
#include <zstd.h>

namespace infra::archive {
namespace {

constexpr int compression_level = 1;  ///< the store is read no faster than this compresses
constexpr auto manifest_name = "manifest.json";
constexpr std::int64_t manifest_bytes_max = std::int64_t{1} << 30U;
constexpr std::size_t lines_max = domain::segment_bytes_max + domain::archive_line_bytes_max;

/// Closed when it is left.
class File {
  public:
    File(const std::filesystem::path& path, int flags) : number_(open(path.c_str(), flags, 0600)) {}
    ~File() {
        if (number_ >= 0) close(number_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }

    std::int64_t size() const {
        struct stat found {};
        return fstat(number_, &found) == 0 ? found.st_size : 0;
    }
    bool write_all(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto done = ::write(number_, bytes.data(), bytes.size());
            if (done < 0 && errno == EINTR) continue;
            if (done <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(done));
        }
        return true;
    }
    /// As much of it as there is.
    std::string read_all(std::int64_t size) const {
        std::string bytes(static_cast<std::size_t>(size), '\0');
        std::size_t have = 0;
        while (have < bytes.size()) {
            const auto came = ::read(number_, bytes.data() + have, bytes.size() - have);
            if (came < 0 && errno == EINTR) continue;
            if (came <= 0) break;
            have += static_cast<std::size_t>(came);
        }
        bytes.resize(have);
        return bytes;
    }

  private:
    int number_;
};

[[noreturn]] void refuse_to_write(const std::filesystem::path& path) {
    const int why = errno;
    throw domain::SetupError(
        "cannot write " + path.string() + ": " + std::strerror(why) +
        (why == ENOSPC || why == EDQUOT ? ": make room, and the same command goes on" : "")
    );
}

[[noreturn]] void refuse_segment(const domain::Segment& segment, const std::string& why) {
    throw domain::SetupError(
        domain::file_name(segment) + ' ' + why +
        ": nothing of it was taken; export it anew, or bring the file back"
    );
}

std::string compressed(std::string_view lines) {
    const std::size_t room = ZSTD_compressBound(lines.size());
    const auto bytes = std::make_unique_for_overwrite<char[]>(room);
    const std::size_t size =
        ZSTD_compress(bytes.get(), room, lines.data(), lines.size(), compression_level);
    if (ZSTD_isError(size) != 0) throw std::runtime_error("Zstandard cannot compress");
    return {bytes.get(), size};
}

/// One frame, which says how large it is, so nothing that unpacks to more is unpacked.
std::string unpacked(const domain::Segment& segment, const std::string& bytes) {
    const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > lines_max ||
        ZSTD_findFrameCompressedSize(bytes.data(), bytes.size()) != bytes.size())
        refuse_segment(segment, "is no segment");
    std::string lines(size, '\0');
    if (ZSTD_decompress(lines.data(), lines.size(), bytes.data(), bytes.size()) != size)
        refuse_segment(segment, "cannot be unpacked");
    return lines;
}

}  // namespace

FileArchive::FileArchive(std::filesystem::path folder, Use use) : folder_(std::move(folder)) {
    if (use == Use::read) return;
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    lock_ = open((folder_ / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (lock_ < 0) refuse_to_write(folder_);
    if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
    close(lock_);
    throw domain::SetupError("another process writes to " + folder_.string());
}

FileArchive::~FileArchive() {
    if (writing_.valid()) writing_.wait();
    if (lock_ >= 0) close(lock_);
}

void FileArchive::forget() {
    const auto path = folder_ / manifest_name;
    if (unlink(path.c_str()) != 0 && errno != ENOENT) refuse_to_write(path);
}

std::optional<domain::Manifest> FileArchive::manifest() {
    const File file(folder_ / manifest_name, O_RDONLY | O_CLOEXEC);
    if (!file.is_open()) {
        if (errno == ENOENT) return std::nullopt;
        throw domain::SetupError(
            "cannot read " + (folder_ / manifest_name).string() + ": " + std::strerror(errno)
        );
    }
    if (file.size() > manifest_bytes_max)
        throw domain::SetupError("manifest.json is larger than any manifest");
    return parse_manifest(file.read_all(file.size()));
}

void FileArchive::keep(const domain::Manifest& manifest) {
    replace(manifest_name, manifest_text(manifest));
}

void FileArchive::write(domain::Segment segment, std::string lines) {
    writing_ = std::async(
        std::launch::async,
        [this, segment = std::move(segment), lines = std::move(lines)]() mutable {
            const std::string bytes = compressed(lines);
            segment.bytes = static_cast<std::int64_t>(bytes.size());
            segment.sha256 = sha256_of(bytes);
            replace(domain::file_name(segment), bytes);
            return segment;
        }
    );
}

domain::Segment FileArchive::written() { return writing_.get(); }

std::string FileArchive::read(const domain::Segment& segment) {
    const auto path = folder_ / domain::file_name(segment);
    const File file(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (!file.is_open()) refuse_segment(segment, "cannot be read: " + std::string(strerror(errno)));
    if (file.size() != segment.bytes ||
        segment.bytes > static_cast<std::int64_t>(ZSTD_compressBound(lines_max)))
        refuse_segment(
            segment,
            "has " + std::to_string(file.size()) + " bytes instead of " +
                std::to_string(segment.bytes)
        );
    const std::string bytes = file.read_all(segment.bytes);
    if (sha256_of(bytes) != segment.sha256)
        refuse_segment(segment, "is not as it was written: its SHA-256 is another");
    return unpacked(segment, bytes);
}

void FileArchive::replace(const std::string& name, std::string_view bytes) const {
    const auto place = folder_ / name;
    const auto beside = folder_ / (name + ".new");
    {
        const File file(beside, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC);
        if (!file.is_open()) refuse_to_write(beside);
        if (!file.write_all(bytes) || fsync(file.number()) != 0) {
            const int why = errno;
            unlink(beside.c_str());
            errno = why;
            refuse_to_write(beside);
        }
    }
    const File folder(folder_, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (rename(beside.c_str(), place.c_str()) != 0 || fsync(folder.number()) != 0)
        refuse_to_write(place);
}

}  // namespace infra::archive
