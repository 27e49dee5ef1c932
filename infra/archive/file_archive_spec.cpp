#include "domain/kernel/error.hpp"
#include "infra/archive/file_archive.hpp"
#include "infra/archive/manifest_text.hpp"
#include "infra/archive/sha256.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>
#include <unistd.h>
#include <zstd.h>

namespace infra::archive {
namespace {

namespace fs = std::filesystem;

class FileArchiveSpec : public testing::Test {
  protected:
    FileArchiveSpec() {
        std::string name = fs::temp_directory_path() / "antiphon-archive-XXXXXX";
        folder = mkdtemp(name.data());
    }
    ~FileArchiveSpec() override { fs::remove_all(folder); }

    domain::Segment stored(const std::string& lines = "one\ntwo\n") {
        FileArchive archive(folder, FileArchive::Use::write);
        archive.write({.kind = domain::SegmentKind::events, .first = {1}, .last = {2}}, lines);
        return archive.written();
    }
    std::string read(const domain::Segment& segment) {
        return FileArchive(folder, FileArchive::Use::read).read(segment);
    }
    std::string why(const domain::Segment& segment) {
        try {
            read(segment);
        } catch (const domain::SetupError& error) {
            return error.what();
        }
        return "nothing";
    }
    fs::path file(const domain::Segment& segment) { return folder / domain::file_name(segment); }
    static std::string bytes_of(const fs::path& path) {
        std::ostringstream all;
        all << std::ifstream(path, std::ios::binary).rdbuf();
        return all.str();
    }
    static void put(const fs::path& path, const std::string& bytes) {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    }
    /// A file of these bytes, and the segment that a forger would name.
    domain::Segment forged(const std::string& bytes) {
        domain::Segment segment{
            .kind = domain::SegmentKind::events, .first = {1}, .last = {2}, .last_id = {}};
        segment.bytes = static_cast<std::int64_t>(bytes.size());
        segment.sha256 = sha256_of(bytes);
        put(file(segment), bytes);
        return segment;
    }

    fs::path folder;
};

TEST_F(FileArchiveSpec, GivesBackWhatWasWritten) {
    for (const std::string& lines :
         {std::string(), std::string("x\n"), std::string(5'000'000, 'a')})
        EXPECT_EQ(read(stored(lines)), lines);
    EXPECT_EQ(stored().sha256, sha256_of(bytes_of(file(stored()))));
    EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(FileArchiveSpec, RefusesAFileThatIsNotAsItWasWritten) {
    const auto segment = stored();
    const std::string bytes = bytes_of(file(segment));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        put(file(segment), damaged);
        EXPECT_NE(why(segment).find("its SHA-256 is another"), std::string::npos);
        put(file(segment), bytes.substr(0, i));
        EXPECT_NE(why(segment).find("bytes instead of"), std::string::npos);
    }
    fs::remove(file(segment));
    EXPECT_NE(why(segment).find("cannot be read"), std::string::npos);
    fs::create_symlink("/etc/passwd", file(segment));
    EXPECT_NE(why(segment).find("cannot be read"), std::string::npos);
}

TEST_F(FileArchiveSpec, UnpacksNoBomb) {
    const auto packed = [](std::size_t size, bool says_size) {
        std::string bytes(ZSTD_compressBound(size), '\0');
        ZSTD_CCtx* context = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, says_size ? 1 : 0);
        const std::string lines(size, 'a');
        bytes.resize(ZSTD_compress2(context, bytes.data(), bytes.size(), lines.data(), lines.size())
        );
        ZSTD_freeCCtx(context);
        return bytes;
    };
    EXPECT_EQ(read(forged(packed(1'000, true))).size(), 1'000u);
    for (const std::string& bytes :
         {packed(200'000'000, true),
          packed(1'000, false),
          packed(1'000, true) + packed(1'000, true),
          packed(1'000, true) + "x",
          std::string("no frame"),
          std::string()})
        EXPECT_NE(why(forged(bytes)).find("is no segment"), std::string::npos);
}

TEST_F(FileArchiveSpec, KeepsTheNewestManifest) {
    FileArchive archive(folder / "new" / "one", FileArchive::Use::write);
    EXPECT_EQ(archive.manifest(), std::nullopt);
    domain::Manifest manifest;
    manifest.incarnation = 3;
    manifest.partitions = 8;
    manifest.segments = {stored()};
    archive.keep(manifest);
    EXPECT_EQ(archive.manifest(), manifest);
    manifest.complete = true;
    archive.keep(manifest);
    EXPECT_EQ(archive.manifest(), manifest);
}

TEST_F(FileArchiveSpec, BelievesNoManifestThatWasEdited) {
    domain::Manifest manifest;
    manifest.segments = {stored()};
    const auto why = [](const std::string& text) -> std::string {
        try {
            parse_manifest(text);
        } catch (const domain::SetupError& error) {
            return error.what();
        }
        return "nothing";
    };
    const std::string text = manifest_text(manifest);
    EXPECT_EQ(parse_manifest(text), manifest);
    for (std::size_t size = 0; size < text.size() - 2; ++size)
        EXPECT_NE(why(text.substr(0, size)), "nothing");
    std::string edited = text;
    edited.replace(edited.find(R"("events": 0)"), 11, R"("events": 9)");
    EXPECT_NE(why(edited).find("damaged or edited"), std::string::npos);

    // By whoever makes the digest anew.
    const auto forged = [&](const auto& change) {
        auto json = nlohmann::ordered_json::parse(text);
        json.erase("sha256");
        change(json);
        json["sha256"] = sha256_of(json.dump());
        return why(json.dump());
    };
    EXPECT_EQ(forged([](auto&) {}), "nothing");
    EXPECT_NE(forged([](auto& json) { json["format"] = 2; }).find("newer program"), text.npos);
    EXPECT_NE(
        forged([](auto& json) { json["segments"][0]["file"] = "../../etc/passwd"; }), "nothing"
    );
    EXPECT_NE(forged([](auto& json) { json["segments"][0]["kind"] = "../x"; }), "nothing");
    EXPECT_NE(forged([](auto& json) { json["segments"][0]["first"] = "1/../../x"; }), "nothing");
    EXPECT_NE(forged([](auto& json) { json.erase("events"); }), "nothing");
}

TEST_F(FileArchiveSpec, HasOneWriter) {
    const FileArchive one(folder, FileArchive::Use::write);
    EXPECT_THROW(FileArchive(folder, FileArchive::Use::write), domain::SetupError);
    EXPECT_NO_THROW(FileArchive(folder, FileArchive::Use::read));
}

TEST_F(FileArchiveSpec, SaysThatThereIsNoRoom) {
    if (!fs::exists("/dev/full")) GTEST_SKIP();
    FileArchive archive(folder, FileArchive::Use::write);
    fs::create_symlink("/dev/full", folder / "manifest.json.new");
    try {
        archive.keep({});
        FAIL();
    } catch (const domain::SetupError& error) {
        EXPECT_NE(std::string(error.what()).find("make room"), std::string::npos) << error.what();
    }
    EXPECT_EQ(archive.manifest(), std::nullopt);
    archive.keep({});
    EXPECT_TRUE(archive.manifest());
}

}  // namespace
}  // namespace infra::archive
