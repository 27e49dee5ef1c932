#include "gateway/commands/command_routes.hpp"

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

Response try_again(int status, std::string_view code, std::string_view detail) {
    Response response = http::problem(status, code, detail);
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

Response refused(Refusal refusal) {
    switch (refusal) {
        case Refusal::in_flight:
            return try_again(409, "in-flight", "The first request with this key is under way.");
        case Refusal::closed:
            return try_again(503, "going-down", "This instance is going down. Try again.");
        case Refusal::overloaded:
            break;
    }
    return try_again(503, "overloaded", "More commands wait to be stored than may. Try again.");
}

Response accepted(const std::string& id, const domain::Acceptance& acceptance) {
    if (acceptance.kind == domain::Acceptance::Kind::mismatched) {
        return http::problem(
            422, "key-reused", "This Idempotency-Key was used for another request."
        );
    }
    Response response;
    response.status = 202;
    response.body = accepted_json(id, acceptance);
    response.headers.emplace_back("Location", "/commands/" + id);
    return response;
}

/// A command of somebody else is as one that does not exist.
Response no_such_command() {
    return http::problem(404, "unknown-command-id", "There is no command with this id.");
}

/// What is known of a command; empty where there is none of this user.
std::string read_status(Stores& stores, const std::string& id, const std::string& subject) {
    const auto stored = stores.commands->find(id);
    if (!stored || stored->command.issuer.subject != subject) return {};
    const auto events = stores.events->read_command(stored->position);
    return status_json(stored->command, events);
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
    Impl(
        std::span<const domain::AggregatePtr> aggregates,
        Intake& intake,
        auth::Authenticator& authenticator,
        StoreReaders& readers,
        const domain::Clock& clock,
        CommandRoutesSettings settings
    )
        : aggregates_(aggregates),
          intake_(intake),
          authenticator_(authenticator),
          readers_(readers),
          clock_(clock),
          settings_(settings) {}

    awaitable<Response> post(const Request& request) {
        auto caller = authenticator_.authenticate(request);
        if (auto* refusal = std::get_if<Response>(&caller)) co_return std::move(*refusal);
        auto read = read_command(
            request, std::get<domain::VerifiedToken>(caller), aggregates_, clock_.now()
        );
        if (auto* refusal = std::get_if<Response>(&read)) co_return std::move(*refusal);

        auto& command = std::get<domain::NewCommand>(read);
        const std::string id = command.command.id;
        const auto answer = co_await intake_.offer(std::move(command));
        if (const auto* refusal = std::get_if<Refusal>(&answer)) co_return refused(*refusal);
        const auto& acceptance = std::get<IntakeAnswer>(answer);
        if (acceptance) co_return accepted(id, *acceptance);
        co_return try_again(
            503,
            "store-away",
            "The store did not answer in time, so the command may or may not be accepted. "
            "Send it again with the same Idempotency-Key."
        );
    }

    awaitable<Response> status(const Request& request) {
        auto caller = authenticator_.authenticate(request);
        if (auto* refusal = std::get_if<Response>(&caller)) co_return std::move(*refusal);
        const std::string& id = request.parameter("id");
        if (!is_uuid(id)) co_return no_such_command();
        const std::string& subject = std::get<domain::VerifiedToken>(caller).issuer.subject;
        std::function<std::string(Stores&)> read = [id, subject](Stores& stores) {
            return read_status(stores, id, subject);
        };
        std::string json = co_await readers_.read(std::move(read));
        if (json.empty()) co_return no_such_command();
        Response response;
        response.body = std::move(json);
        response.headers.emplace_back("Cache-Control", "no-store");
        co_return response;
    }

    awaitable<Response> show(const Request& request) {
        auto caller = authenticator_.authenticate(request);
        if (auto* refusal = std::get_if<Response>(&caller)) co_return std::move(*refusal);
        auto named = read_stream(request, aggregates_);
        if (auto* refusal = std::get_if<Response>(&named)) co_return std::move(*refusal);
        const auto stream = std::get<domain::StreamId>(std::move(named));
        const auto* aggregate = domain::find_aggregate(aggregates_, stream.category);

        Fold fold;
        while (!fold.complete) {
            // A page at a time, so that a long history does not keep a reading thread from others.
            std::function<Fold(Stores&)> read =
                [aggregate, stream, fold, page_max = settings_.fold_page_max](Stores& stores) {
                    return fold_page(stores, *aggregate, stream, fold, page_max);
                };
            fold = co_await readers_.read(std::move(read));
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
    std::span<const domain::AggregatePtr> aggregates_;
    IntakeWait intake_;
    auth::Authenticator& authenticator_;
    StoreReaders& readers_;
    const domain::Clock& clock_;
    const CommandRoutesSettings settings_;
};

CommandRoutes::CommandRoutes(
    std::span<const domain::AggregatePtr> aggregates,
    Intake& intake,
    auth::Authenticator& authenticator,
    StoreReaders& readers,
    const domain::Clock& clock,
    CommandRoutesSettings settings
)
    : impl_(std::make_unique<Impl>(aggregates, intake, authenticator, readers, clock, settings)) {}

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
