#include "gateway/commands/command_routes.hpp"

#include "gateway/commands/answers.hpp"
#include "gateway/commands/command_json.hpp"
#include "gateway/commands/identity.hpp"
#include "gateway/commands/intake_wait.hpp"
#include "gateway/commands/request.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/tick.hpp"

#include <chrono>

namespace gateway::commands {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

/// A command of somebody else is as one that does not exist.
Response no_such_command() {
    return http::problem(404, "unknown-command-id", "There is no command with this id.");
}

}  // namespace

class CommandRoutes::Impl {
  public:
    explicit Impl(CommandRoutesParts parts) : parts_(parts), intake_(parts.intake) {}

    /// What refuses a command before its body has come.
    std::optional<Response> admit(const Request& request) {
        auto caller = parts_.authenticator.authenticate(request);
        if (auto* refusal = std::get_if<Response>(&caller)) return std::move(*refusal);
        auto refusal = parts_.admission.enter(request, std::get<domain::VerifiedToken>(caller));
        if (refusal) return refusal;
        const auto& known = std::get<domain::VerifiedToken>(caller);
        auto head = read_head(request, known, parts_.aggregates, parts_.clock.now());
        if (auto* fault = std::get_if<Response>(&head)) return std::move(*fault);
        return std::nullopt;
    }

    awaitable<Response> post(const Request& request) {
        auto caller = parts_.authenticator.authenticate(request);
        if (auto* refusal = std::get_if<Response>(&caller)) co_return std::move(*refusal);
        auto admitted = parts_.admission.admit(request, std::get<domain::VerifiedToken>(caller));
        if (auto* refusal = std::get_if<Response>(&admitted)) co_return std::move(*refusal);

        auto& command = std::get<domain::NewCommand>(admitted);
        const std::string id = command.command.id;
        const auto answer = co_await intake_.offer(std::move(command));
        if (const auto* refusal = std::get_if<Refusal>(&answer)) co_return refused(*refusal);
        co_return answered(id, std::get<IntakeAnswer>(answer));
    }

    awaitable<Response> status(const Request& request) {
        const auto start = std::chrono::steady_clock::now();
        auto caller = parts_.authenticator.authenticate(request);
        if (auto* refusal = std::get_if<Response>(&caller)) co_return std::move(*refusal);
        const std::string id = canonical_uuid(request.parameter("id"));
        if (id.empty()) co_return no_such_command();
        const domain::Issuer issuer = std::get<domain::VerifiedToken>(caller).issuer;
        const std::string user = domain::user_key(issuer);
        if (const auto refusal = parts_.readers.admit(user)) co_return refused(*refusal);
        std::function<std::string(Stores&)> read = [id, issuer](Stores& stores) {
            return read_status(*stores.commands, *stores.events, id, issuer);
        };
        std::string json = co_await parts_.readers.read(user, std::move(read));
        if (json.empty()) {
            co_await http::wait_for_tick(start);
            co_return no_such_command();
        }
        Response response;
        response.body = std::move(json);
        co_return response;
    }

  private:
    const CommandRoutesParts parts_;
    IntakeWait intake_;
};

CommandRoutes::CommandRoutes(CommandRoutesParts parts) : impl_(std::make_unique<Impl>(parts)) {}

CommandRoutes::~CommandRoutes() = default;

void CommandRoutes::add_to(http::Router& router) {
    Impl* impl = impl_.get();
    constexpr std::string_view json = "application/json";
    router.add(
        "POST",
        "/commands/{category}/{entity}/{name}",
        [impl](const Request& request) { return impl->post(request); },
        {.admit = [impl](const Request& request) { return impl->admit(request); }}
    );
    router.add(
        "GET",
        "/commands/{id}",
        [impl](const Request& request) { return impl->status(request); },
        {.produces = json}
    );
}

}  // namespace gateway::commands
