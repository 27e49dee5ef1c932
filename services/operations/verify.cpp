#include "services/operations/verify.hpp"

#include "domain/kernel/error.hpp"
#include "services/operations/verify_pass.hpp"
#include "services/operations/verify_streams.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace services::operations {
namespace {

using Json = nlohmann::ordered_json;

enum Number : std::size_t { commands, events, answers, streams, recipients, standing, all };

constexpr std::array<const char*, all> names{
    "positions of commands",
    "positions of events",
    "answers",
    "streams",
    "recipients",
    "what stands beside the logs"};

}  // namespace

Verify::Verify(const VerifyParts& parts, const std::string& place, TellStoreFault tell)
    : parts_(parts), tell_([this, tell = std::move(tell)](const StoreFault& fault) {
          ++faults_;
          tell(fault);
      }) {
    if (place.empty()) return;
    const Json json = Json::parse(place, nullptr, false);
    if (!json.is_object() || !json.contains("pass"))
        throw domain::SetupError("the place that was kept is none: begin anew, with --restart");
    number_ = json.value("pass", std::size_t{0});
    position_ = {json.value("position", std::int64_t{0})};
    stream_ = {json.value("category", std::string()), json.value("entity", std::string())};
    done_ = json.value("done", std::int64_t{0});
    faults_ = json.value("faults", std::int64_t{0});
}

Verify::~Verify() = default;

bool Verify::step(std::size_t most) {
    if (number_ >= all) return false;
    if (!pass_) {
        total_ = 0;
        for (const auto& each : plan(parts_.audit)) total_ += each.rows;
        pass_ = make_pass();
    }
    if (const auto rows = pass_->step(most)) {
        done_ += *rows;
        position_ = pass_->position();
        stream_ = pass_->stream();
        return true;
    }
    ++number_;
    position_ = {};
    stream_ = {};
    pass_ = nullptr;
    return number_ < all;
}

std::unique_ptr<VerifyPass> Verify::make_pass() {
    switch (number_) {
        case commands:
            return std::make_unique<PositionsPass>(parts_, domain::Log::commands, position_, tell_);
        case events:
            return std::make_unique<PositionsPass>(parts_, domain::Log::events, position_, tell_);
        case answers:
            return std::make_unique<AnswersPass>(parts_, position_, tell_);
        case streams:
            return std::make_unique<StreamsPass>(parts_, stream_, tell_);
        case recipients:
            return std::make_unique<RecipientsPass>(parts_, position_, tell_);
        default:
            return std::make_unique<StandingPass>(parts_, tell_);
    }
}

std::string Verify::place() const {
    return Json{
        {"pass", number_},
        {"position", position_.value},
        {"category", stream_.category},
        {"entity", stream_.entity},
        {"done", done_},
        {"faults", faults_}}
        .dump();
}

std::string Verify::pass() const { return number_ < all ? names[number_] : ""; }

std::vector<VerifyPlan> Verify::plan(domain::Audit& audit) {
    const auto rows = [&](domain::Log log) {
        const domain::LogBounds bounds = audit.bounds(log);
        return bounds.head.value - bounds.floor.value;
    };
    const auto of_commands = rows(domain::Log::commands), of_events = rows(domain::Log::events);
    const std::array<std::int64_t, all> counts{
        of_commands, of_events, of_commands, of_events, of_events, 0};
    std::vector<VerifyPlan> plan;
    for (std::size_t i = 0; i < all; ++i) plan.push_back({names[i], counts[i]});
    return plan;
}

}  // namespace services::operations
