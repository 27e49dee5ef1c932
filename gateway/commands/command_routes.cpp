#include "gateway/commands/command_routes.hpp"

#include "gateway/commands/answers.hpp"
#include "gateway/commands/command_json.hpp"
#include "gateway/commands/identity.hpp"
#include "gateway/commands/intake_wait.hpp"
#include "gateway/commands/request.hpp"
#include "gateway/http/problem.hpp"

namespace gateway::commands {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

/// A command of somebody else is as one that does not exist.
Response no_such_command() {
    return http::problem(404, "unknown-command-id", "There is no command with this id.");
}

/// An aggregate, folded up to some version.
struct Fold {
    domain::Folded state;
    domain::StreamVersion version;
    bool complete = false;
};

Fold fold_page(
    Stores& stores,
    const domain::Aggregate& aggregate,
    const domain::StreamId& stream,
    Fold fold,
    std::size_t page_max
) {
    const domain::StreamCursor cursor{stream, fold.version};
    const auto events = stores.events->read_streams(std::span(&cursor, 1), page_max);
    fold.complete = events.size() < page_max;
    if (events.empty()) return fold;
    fold.state = aggregate.fold(std::move(fold.state), events);
    fold.version = events.back().version;
    return fold;
}

}  // namespace

class CommandRoutes::Impl {
  public:
    Impl(CommandRoutesParts parts, CommandRoutesSettings settings)
        : parts_(parts), intake_(parts.intake), settings_(settings) {}

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
        auto caller = parts_.authenticator.authenticate(request);
        if (auto* refusal = std::get_if<Response>(&caller)) co_return std::move(*refusal);
        const std::string& id = request.parameter("id");
        if (!is_uuid(id)) co_return no_such_command();
        const std::string& subject = std::get<domain::VerifiedToken>(caller).issuer.subject;
        std::function<std::string(Stores&)> read = [id, subject](Stores& stores) {
            return read_status(*stores.commands, *stores.events, id, subject);
        };
        std::string json = co_await parts_.readers.read(std::move(read));
        if (json.empty()) co_return no_such_command();
        Response response;
        response.body = std::move(json);
        response.headers.emplace_back("Cache-Control", "no-store");
        co_return response;
    }

    awaitable<Response> show(const Request& request) {
        auto caller = parts_.authenticator.authenticate(request);
        if (auto* refusal = std::get_if<Response>(&caller)) co_return std::move(*refusal);
        auto named = read_stream(request, parts_.aggregates);
        if (auto* refusal = std::get_if<Response>(&named)) co_return std::move(*refusal);
        const auto stream = std::get<domain::StreamId>(std::move(named));
        const auto* aggregate = domain::find_aggregate(parts_.aggregates, stream.category);

        Fold fold;
        while (!fold.complete) {
            // A page at a time, so that a long history does not keep a reading thread from others.
            std::function<Fold(Stores&)> read =
                [aggregate, stream, fold, page_max = settings_.fold_page_max](Stores& stores) {
                    return fold_page(stores, *aggregate, stream, fold, page_max);
                };
            fold = co_await parts_.readers.read(std::move(read));
        }
        if (fold.version.value == 0)
            co_return http::problem(404, "unknown-entity", "This aggregate has no events.");

        Response response;
        const std::string tag = '"' + std::to_string(fold.version.value) + '"';
        response.headers = {{"ETag", tag}, {"Cache-Control", "private, no-cache"}};
        if (request.header("if-none-match") == tag) {
            response.status = 304;
        } else {
            response.body = aggregate_json(stream, fold.version, aggregate->state(fold.state));
        }
        co_return response;
    }

  private:
    const CommandRoutesParts parts_;
    IntakeWait intake_;
    const CommandRoutesSettings settings_;
};

CommandRoutes::CommandRoutes(CommandRoutesParts parts, CommandRoutesSettings settings)
    : impl_(std::make_unique<Impl>(parts, settings)) {}

CommandRoutes::~CommandRoutes() = default;

void CommandRoutes::add_to(http::Router& router) {
    Impl* impl = impl_.get();
    router.add("POST", "/commands/{category}/{entity}/{name}", [impl](const Request& request) {
        return impl->post(request);
    });
    router.add("GET", "/commands/{id}", [impl](const Request& request) {
        return impl->status(request);
    });
    router.add("GET", "/aggregates/{category}/{entity}", [impl](const Request& request) {
        return impl->show(request);
    });
}

}  // namespace gateway::commands
