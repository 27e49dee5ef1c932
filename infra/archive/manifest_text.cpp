#include "infra/archive/manifest_text.hpp"

#include "domain/kernel/error.hpp"
#include "infra/archive/sha256.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace infra::archive {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto digest_member = "sha256";

Json json_of(const domain::Segment& segment) {
    return {
        {"file", domain::file_name(segment)},
        {"kind", domain::to_string(segment.kind)},
        {"first", segment.first.value},
        {"last", segment.last.value},
        {"lastid", segment.last_id},
        {"bytes", segment.bytes},
        {"sha256", segment.sha256}};
}

domain::Segment segment_of(const Json& json) {
    const auto kind = json.at("kind").get<std::string>();
    const auto known = std::ranges::find(domain::segment_kinds, kind);
    if (known == domain::segment_kinds.end()) throw std::out_of_range("kind");
    domain::Segment segment;
    segment.kind = static_cast<domain::SegmentKind>(known - domain::segment_kinds.begin());
    segment.first = {json.at("first").get<std::int64_t>()};
    segment.last = {json.at("last").get<std::int64_t>()};
    segment.last_id = json.at("lastid").get<std::string>();
    segment.bytes = json.at("bytes").get<std::int64_t>();
    segment.sha256 = json.at("sha256").get<std::string>();
    if (json.at("file") != domain::file_name(segment)) throw std::out_of_range("file");
    return segment;
}

domain::Manifest manifest_of(const Json& json) {
    domain::Manifest manifest;
    manifest.incarnation = json.at("incarnation").get<std::int64_t>();
    manifest.partitions = json.at("partitions").get<std::int32_t>();
    manifest.commands = {json.at("commands").get<std::int64_t>()};
    manifest.events = {json.at("events").get<std::int64_t>()};
    manifest.complete = json.at("complete").get<bool>();
    for (const Json& segment : json.at("segments"))
        manifest.segments.push_back(segment_of(segment));
    return manifest;
}

}  // namespace

std::string manifest_text(const domain::Manifest& manifest) {
    Json segments = Json::array();
    for (const auto& segment : manifest.segments) segments.push_back(json_of(segment));
    Json json{
        {"format", manifest.format},
        {"incarnation", manifest.incarnation},
        {"partitions", manifest.partitions},
        {"commands", manifest.commands.value},
        {"events", manifest.events.value},
        {"complete", manifest.complete},
        {"segments", std::move(segments)}};
    json[digest_member] = sha256_of(json.dump());
    return json.dump(1) + '\n';
}

domain::Manifest parse_manifest(std::string_view text) {
    Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("format") || !json["format"].is_number_integer())
        throw domain::SetupError("manifest.json is damaged: it is no manifest of an archive");
    if (json["format"] > domain::archive_format) {
        throw domain::SetupError(
            "manifest.json is of format " + json["format"].dump() + ", this program reads " +
            std::to_string(domain::archive_format) + ": use a newer program"
        );
    }
    const Json digest = json.value(digest_member, Json());
    json.erase(digest_member);
    if (digest != sha256_of(json.dump()))
        throw domain::SetupError("manifest.json is not as it was written: it was damaged or edited"
        );
    try {
        return manifest_of(json);
    } catch (const std::exception&) {
        throw domain::SetupError("manifest.json does not say what a manifest says");
    }
}

}  // namespace infra::archive
