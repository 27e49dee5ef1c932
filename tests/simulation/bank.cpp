#include "tests/simulation/bank.hpp"

#include <nlohmann/json.hpp>

namespace simulation {
namespace {

const Expected unchanged{.types = {"unchanged"}, .outcome = true};
const Expected rejected{.types = {"rejected"}, .outcome = true};
const Expected failed{.types = {"failed"}, .outcome = true};

Expected applied(std::vector<std::string> types, std::string data = "{}") {
    return {.types = std::move(types), .outcome = false, .data = std::move(data)};
}

}  // namespace

Expected Bank::carry_out(const Request& request) {
    Account& entity = accounts_[request.category + '/' + request.entity];
    if (request.if_match && *request.if_match != entity.version) return rejected;
    const Expected expected = request.category == "toy" ? toy(request) : account(entity, request);
    if (!expected.outcome) entity.version += static_cast<std::int64_t>(expected.types.size());
    return expected;
}

Expected Bank::toy(const Request& request) {
    if (request.name == "add") return applied({"added"});
    if (request.name == "add-two") return applied({"added", "added"});
    if (request.name == "nothing") return unchanged;
    return request.name == "refuse" ? rejected : failed;
}

Expected Bank::account(Account& account, const Request& request) {
    const auto body = nlohmann::json::parse(request.body);
    if (request.name == "open") {
        const auto owner = body.at("owner").get<std::string>();
        if (account.closed || (account.open && account.owner != owner)) return rejected;
        if (account.open) return unchanged;
        account.open = true;
        account.owner = owner;
        return applied({"opened"}, request.body);
    }
    if (request.name == "close") {
        if (account.closed) return unchanged;
        if (!account.open || account.cents != 0) return rejected;
        account.open = false;
        account.closed = true;
        return applied({"closed"});
    }
    if (!account.open) return rejected;
    const auto cents = body.at("cents").get<std::int64_t>();
    if (cents == 0) return unchanged;
    if (request.name == "deposit") {
        account.cents += cents;
        return applied({"deposited"}, request.body);
    }
    if (cents > account.cents) return rejected;
    account.cents -= cents;
    return applied({"withdrawn"}, request.body);
}

}  // namespace simulation
