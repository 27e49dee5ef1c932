#include "gateway/contracts/contract_routes.hpp"

#include "gateway/http/entity_tag.hpp"
#include "gateway/http/router.hpp"

#include <utility>

namespace gateway::contracts {
namespace {

void add(http::Router& router, std::string path, std::string document) {
    http::Response response;
    response.headers = {
        {"ETag", '"' + http::entity_tag(document) + '"'},
        {"Cache-Control", "no-cache"},
        {"X-Content-Type-Options", "nosniff"}};
    response.body = std::move(document);
    router.add(
        "GET",
        std::move(path),
        [response = std::move(response
         )](const http::Request&) -> boost::asio::awaitable<http::Response> { co_return response; },
        {.takes_parameter = http::any_parameter}
    );
}

}  // namespace

void add_contracts(http::Router& router, Aggregates aggregates, const Installation& installation) {
    add(router, "/openapi.json", openapi(aggregates, installation));
    add(router, "/asyncapi.json", asyncapi(aggregates, installation));
}

}  // namespace gateway::contracts
