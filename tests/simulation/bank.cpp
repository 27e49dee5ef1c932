#include "tests/simulation/bank.hpp"

#include <nlohmann/json.hpp>

namespace simulation {
namespace {

const Expected unchanged{.types = {"unchanged"}, .outcome = true};
const Expected rejected{.types = {"rejected"}, .outcome = true};
Expected rejected_as(std::string code) {
    return {.types = {"rejected"}, .outcome = true, .data = {}, .code = std::move(code)};
}
Expected failed(std::string code) {
    return {.types = {"failed"}, .outcome = true, .data = {}, .code = std::move(code)};
}

Expected applied(std::vector<std::string> types, std::string data = "{}") {
    return {.types = std::move(types), .outcome = false, .data = std::move(data)};
}

}  // namespace

Expected Bank::carry_out(const Request& request, bool taken) {
    if (request.category == "gone") return failed("no-such-aggregate");
    Account& entity = accounts_[request.category + '/' + request.entity];
    const auto& versions = request.expected;
    if (versions && !(versions->empty() ? entity.version > 0 : versions->contains(entity.version)))
        return rejected;
    const Expected expected = request.category == "toy"      ? toy(request)
                              : request.category == "member" ? member(entity.email, request, taken)
                                                             : account(entity, request);
    if (!expected.outcome) entity.version += static_cast<std::int64_t>(expected.types.size());
    return expected;
}

Expected Bank::toy(const Request& request) {
    if (request.name == "add") return applied({"added"});
    if (request.name == "add-two") return applied({"added", "added"});
    if (request.name == "announce") {
        Expected announced = applied({"added"});
        announced.hears = {"ada", "bob", "idp ada", "idp bob"};
        std::erase(announced.hears, request.user);
        return announced;
    }
    if (request.name == "nothing") return unchanged;
    if (request.name == "refuse") return rejected;
    if (request.name == "abort") return failed("crashed");
    return failed(request.name == "loop" ? "timed-out" : "threw");
}

Expected Bank::member(std::string& email, const Request& request, bool taken) {
    if (request.name == "leave") {
        if (email.empty()) return unchanged;
        email.clear();
        return applied({"left"});
    }
    const auto wanted = nlohmann::json::parse(request.body).at("email").get<std::string>();
    if (request.name == "join" && !email.empty())
        return email == wanted ? unchanged : rejected_as("already-joined");
    if (request.name == "change-email" && email.empty()) return rejected_as("not-joined");
    if (email == wanted) return unchanged;
    if (taken) return rejected_as("taken");
    email = wanted;
    return applied({request.name == "join" ? "joined" : "email-changed"}, request.body);
}

Expected Bank::account(Account& account, const Request& request) {
    const auto body = nlohmann::json::parse(request.body);
    if (request.name == "open") {
        const auto owner = body.at("owner").get<std::string>();
        const bool same = account.owner == owner && account.opened_by == request.user;
        if (account.closed || (account.open && !same)) return rejected;
        if (account.open) return unchanged;
        account.open = true;
        account.owner = owner;
        account.opened_by = request.user;
        return applied(
            {"opened"}, R"({"owner":")" + owner + R"(","opened_by":")" + request.user + R"("})"
        );
    }
    const bool owned = (account.open || account.closed) && account.opened_by == request.user;
    if (request.name == "close") {
        if (!owned) return rejected;
        if (account.closed) return unchanged;
        if (!account.open || account.cents != 0) return rejected;
        account.open = false;
        account.closed = true;
        return applied({"closed"});
    }
    if (!account.open || (request.name == "withdraw" && !owned)) return rejected;
    const auto cents = body.at("cents").get<std::int64_t>();
    if (cents == 0) return unchanged;
    if (request.name == "deposit") {
        account.cents += cents;
        Expected deposited = applied({"deposited"}, request.body);
        if (!owned) deposited.hears = {account.opened_by};
        return deposited;
    }
    if (cents > account.cents) return rejected;
    account.cents -= cents;
    return applied({"withdrawn"}, request.body);
}

}  // namespace simulation
