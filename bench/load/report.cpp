#include "bench/load/report.hpp"

#include "bench/load/machine.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>

namespace bench {
namespace {

using Json = nlohmann::ordered_json;

double milliseconds(std::chrono::nanoseconds duration) {
    return std::round(static_cast<double>(duration.count()) / 1e3) / 1e3;
}

Json quantiles(const Histogram& histogram) {
    return {
        {"count", histogram.count()},
        {"p50", milliseconds(histogram.quantile(0.5))},
        {"p90", milliseconds(histogram.quantile(0.9))},
        {"p99", milliseconds(histogram.quantile(0.99))},
        {"p999", milliseconds(histogram.quantile(0.999))},
        {"max", milliseconds(histogram.max())},
    };
}

Json machine() {
    const Machine machine = this_machine();
    return {
        {"cores", machine.cores},
        {"processor", machine.processor},
        {"memory_mib", machine.memory_mib},
        {"kernel", machine.kernel},
        {"compiler", "g++ " __VERSION__},
    };
}

std::string one_decimal(double value) {
    std::string text(32, '\0');
    const int size = std::snprintf(text.data(), text.size(), "%.1f", value);
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string range(const char* name, const Histogram& histogram) {
    const auto at = [&](double share) {
        return one_decimal(milliseconds(histogram.quantile(share)));
    };
    return std::string("; ") + name + " p50 " + at(0.5) + ", p99 " + at(0.99) + ", max " +
           one_decimal(milliseconds(histogram.max())) + " ms";
}

}  // namespace

std::string summary(const LoadSettings& settings, const LoadResult& result) {
    std::string line = result.kept(settings.follow_events) ? "ok: " : "BROKEN: ";
    line += one_decimal(result.accepted_per_second) + " accepted/s";
    if (settings.follow_events)
        line += ", " + one_decimal(result.answered_per_second) + " answered/s";
    line += range("202", result.to_202);
    if (settings.follow_events) {
        line += range("answer", result.to_answer) + "; " + std::to_string(result.counts.missing) +
                " missing, " + std::to_string(result.counts.doubled) + " doubled, " +
                std::to_string(result.counts.stray) + " stray";
    }
    if (settings.rate > 0) {
        line += "; " + std::to_string(result.late) + " sent late, by at most " +
                one_decimal(milliseconds(result.latest)) + " ms";
    }
    for (const auto& [status, count] : result.refused) {
        line += "; " + std::to_string(count) + " times " + std::to_string(status);
    }
    if (result.refused_for_ever > 0)
        line += "; " + std::to_string(result.refused_for_ever) + " of them without Retry-After";
    return line;
}

std::string summary(const FollowersSettings& settings, const FollowersResult& result) {
    return (result.kept() ? "ok: " : "BROKEN: ") + std::to_string(result.published) +
           " events to " + std::to_string(settings.connections) + " connections" +
           range("POST to answer", result.to_answer) + range("POST to frame", result.to_frame) +
           "; " + std::to_string(result.missing) + " missing, " + std::to_string(result.doubled) +
           " doubled";
}

std::string json_report(const LoadSettings& settings, const LoadResult& result) {
    const Ledger::Counts& counts = result.counts;
    Json refused = Json::object();
    for (const auto& [status, count] : result.refused) refused[std::to_string(status)] = count;
    const Json report = {
        {"kept", result.kept(settings.follow_events)},
        {"settings",
         {
             {"mode", settings.follow_events ? "loop" : "accept"},
             {"users", settings.users},
             {"accounts", settings.accounts},
             {"depth", settings.depth},
             {"rate", settings.rate},
             {"poisson", settings.poisson},
             {"one_user", settings.one_user},
             {"relentless", settings.relentless},
             {"warm_up_s", settings.warm_up.count()},
             {"measured_s", settings.measured.count()},
         }},
        {"machine", machine()},
        {"accepted_per_second", result.accepted_per_second},
        {"answered_per_second", result.answered_per_second},
        {"to_202_ms", quantiles(result.to_202)},
        {"to_answer_ms", quantiles(result.to_answer)},
        {"whole_run",
         {
             {"accepted", counts.accepted},
             {"answered", counts.answered},
             {"missing", counts.missing},
             {"doubled", counts.doubled},
             {"stray", counts.stray},
             {"reissued", counts.reissued},
             {"without_answer", result.without_answer},
             {"unsent", result.unsent},
             {"outcomes", result.outcomes},
             {"refused", refused},
             {"refused_without_retry_after", result.refused_for_ever},
         }},
        {"late", {{"count", result.late}, {"max_ms", milliseconds(result.latest)}}},
        {"ended_unix_s", std::chrono::duration<double>(result.ended.time_since_epoch()).count()},
        {"generator_share_of_a_core", result.generator_share},
    };
    return report.dump(2);
}

std::string json_report(const FollowersSettings& settings, const FollowersResult& result) {
    const Json report = {
        {"kept", result.kept()},
        {"settings",
         {
             {"mode", "followers"},
             {"connections", settings.connections},
             {"every_ms", settings.every.count()},
             {"warm_up_s", settings.warm_up.count()},
             {"measured_s", settings.measured.count()},
         }},
        {"machine", machine()},
        {"published", result.published},
        {"missing", result.missing},
        {"doubled", result.doubled},
        {"to_answer_ms", quantiles(result.to_answer)},
        {"to_frame_ms", quantiles(result.to_frame)},
        {"generator_share_of_a_core", result.generator_share},
    };
    return report.dump(2);
}

}  // namespace bench
