#include "domain/kernel/cloud_event.hpp"
#include "gateway/contracts/documents.hpp"
#include "gateway/contracts/parts.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gateway::contracts {
namespace {

using Json = nlohmann::ordered_json;

const Installation installation{.version = "1.2.3", .cookie_name = "token", .topics = {"shop"}};

/// An aggregate of one command, whose names and rules need escaping.
class Odd : public domain::Aggregate {
  public:
    std::string_view category() const override { return "odd"; }
    std::vector<std::string_view> commands() const override { return {"do"}; }
    domain::Contract contract(std::string_view home) const override {
        return {
            .commands =
                {{"do", R"({"type":"object","required":["x"]})", R"(role "\clerk")"},
                 {"undo", R"({"type":"object"})", std::string(home)}},
            .events =
                {{"done",
                  R"({"properties":{"a":{"discriminator":{"propertyName":"kind"}},)"
                  R"("discriminator":{"type":"string"}}})"}},
            .state = R"({"type":"object"})"};
    }
    std::optional<domain::Rejection> check(std::string_view, std::string_view) const override {
        return {};
    }
    domain::Folded fold(domain::Folded from, std::span<const domain::EventEnvelope>)
        const override {
        return from;
    }
    domain::Allowed may(std::string_view, const domain::Asked&) const override {
        return domain::Allowed::yes;
    }
    bool may(std::string_view, const domain::Folded&, const domain::Asked&) const override {
        return true;
    }
    bool may_read(const domain::Folded&, const domain::Asked&) const override { return true; }
    domain::Result<domain::Decided>
    decide(std::string_view, std::string_view, const domain::Folded& state, const domain::Asked&)
        const override {
        return domain::Decided{{}, state};
    }
    domain::Payload state(const domain::Folded&) const override { return "{}"; }
};

std::vector<domain::AggregatePtr> odd() {
    std::vector<domain::AggregatePtr> all;
    all.push_back(std::make_unique<Odd>());
    return all;
}

/// All that stands behind "$ref", at any depth.
void collect_references(const Json& json, std::vector<std::string>& found) {
    if (json.is_object() && json.contains("$ref")) found.push_back(json["$ref"]);
    if (json.is_structured())
        for (const Json& part : json) collect_references(part, found);
}

TEST(OpenApi, HasAPathForEachCommand) {
    const Json document = Json::parse(openapi(odd(), installation));
    EXPECT_EQ(document["info"]["version"], "1.2.3");
    EXPECT_EQ(document["components"]["securitySchemes"]["cookie"]["name"], "token");
    const Json& post = document["paths"]["/commands/odd/{entity}/do"]["post"];
    EXPECT_EQ(post["operationId"], "odd.do");
    EXPECT_EQ(post["tags"], Json({"odd"}));
    EXPECT_EQ(post["x-antiphon-access"], R"(role "\clerk")");
    EXPECT_EQ(
        post["requestBody"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/odd.command.do"
    );
    EXPECT_EQ(post["requestBody"]["required"], true);
    const Json& undo = document["paths"]["/commands/odd/{entity}/undo"]["post"];
    EXPECT_EQ(undo["requestBody"]["required"], false) << "an empty body is {}";
    EXPECT_EQ(undo["x-antiphon-access"], "#/components/schemas/") << "where its schemas stand";
    EXPECT_TRUE(document["paths"].contains("/aggregates/odd/{entity}"));
    const Json& events = document["paths"]["/aggregates/odd/{entity}/events"]["get"];
    EXPECT_EQ(events["responses"]["200"]["$ref"], "#/components/responses/Events");
}

TEST(AsyncApi, HasTheTopicsOfTheInstallation) {
    const Json channels = Json::parse(asyncapi(odd(), installation))["channels"];
    EXPECT_EQ(channels["commands.odd"]["address"], "shop.commands.odd");
    EXPECT_EQ(channels["events.odd"]["address"], "shop.events.odd");
    EXPECT_EQ(channels["replies"]["address"], "shop.replies");
    EXPECT_EQ(channels["dead-letters"]["address"], "shop.dead-letters");
    EXPECT_TRUE(channels["dead-letters"]["messages"].contains("odd.command.do"));
    EXPECT_TRUE(channels["replies"]["messages"].contains("odd.event.done"));
    EXPECT_TRUE(channels["replies"]["messages"].contains("command.rejected"));
}

TEST(AsyncApi, NamesTheDiscriminator) {
    const Json schemas = Json::parse(asyncapi(odd(), installation))["components"]["schemas"];
    const Json& fields = schemas["odd.event.done"]["properties"];
    EXPECT_EQ(fields["a"]["discriminator"], "kind");
    EXPECT_EQ(fields["discriminator"]["type"], "string") << "a field of that name";
}

TEST(AsyncApi, SaysEachHeaderOfARecord) {
    const Json schemas = Json::parse(asyncapi(odd(), installation))["components"]["schemas"];
    const auto check = [&](domain::Record record, const std::string& name) {
        domain::add_link(record, {});
        record.headers.push_back({"antiphon-signature", "x"});
        Json said = schemas["RecordHeaders"]["properties"];
        said.update(schemas[name]["properties"]);
        for (const auto& header : record.headers) {
            EXPECT_TRUE(said.contains(header.name)) << header.name;
            said.erase(header.name);
        }
        EXPECT_TRUE(said.empty()) << said;
    };
    const domain::Issuer issuer{"alice", "{}", "https://issuer.example"};
    domain::CommandEnvelope command;
    command.issuer = issuer;
    command.trace_parent = "00";
    command.expected_version = domain::StreamVersion{1};
    check(domain::command_record(command), "CommandHeaders");

    domain::EventEnvelope event;
    event.issuer = issuer;
    event.trace_parent = "00";
    domain::Record record = domain::event_record(event);
    domain::add_hearers(record, {"bob"});
    check(std::move(record), "EventHeaders");
}

/// One whose fields hold themselves.
class Tree final : public Odd {
  public:
    std::string_view category() const override { return "tree"; }
    domain::Contract contract(std::string_view) const override {
        return {.commands = {{"plant", plant, "anyone"}}};
    }

  private:
    static constexpr const char* plant = R"({
        "type": "object",
        "properties": {
            "a b": {
                "type": "object",
                "properties": {
                    "kinds": {
                        "type": "array",
                        "items": {"$ref": "#/tree.command.plant/properties/a%20b"}
                    }
                },
                "required": ["kinds"]
            },
            "pay": {
                "oneOf": [{
                    "type": "object",
                    "properties": {
                        "by": {"const": "card"},
                        "in": {
                            "type": "object",
                            "additionalProperties": {
                                "$ref": "#/tree.command.plant/properties/pay/oneOf/0/properties/in"
                            }
                        }
                    }
                }]
            }
        }
    })";
};

TEST(TypeScript, ReachesWhatHoldsItselfByItsPath) {
    std::vector<domain::AggregatePtr> all;
    all.push_back(std::make_unique<Tree>());
    const std::string text = typescript(all);
    EXPECT_NE(
        text.find(R"(Array<NonNullable<Commands["tree"]["plant"]["a b"]>>)"), std::string::npos
    ) << text;
    EXPECT_NE(
        text.find(
            R"(Record<string, NonNullable<Extract<NonNullable<Commands["tree"]["plant"]["pay"]>, )"
            R"({ by: "card" }>["in"]>>)"
        ),
        std::string::npos
    ) << text;
}

TEST(TypeScript, SaysDecimalsAndWhatMayBeLeftOut) {
    const std::string text = typescript(domain::all_aggregates());
    EXPECT_NE(text.find("amount: Decimal;\n      reference?: string;\n"), std::string::npos)
        << text;
    EXPECT_NE(text.find(R"("line-added": {)"), std::string::npos) << text;
    EXPECT_NE(text.find(R"(currency: "EUR" | "USD" | "GBP" | "CHF";)"), std::string::npos) << text;
}

TEST(Summary, SaysEachFieldInALine) {
    const std::string text = summary(domain::all_aggregates());
    EXPECT_NE(text.find("pay  who may: (state or role clerk)"), std::string::npos) << text;
    EXPECT_NE(text.find("\n      amount      decimal(2) at least 0.01\n"), std::string::npos)
        << text;
    EXPECT_NE(text.find("\n      reference?  string 1 to 100\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\n    lines     list of object\n      line "), std::string::npos) << text;
}

TEST(Documents, ReferToWhatIsThere) {
    const auto all = domain::all_aggregates();
    for (const std::string& text :
         {openapi(all, installation), asyncapi(all, installation), json_schema(all)}) {
        const Json document = Json::parse(text);
        std::vector<std::string> references;
        collect_references(document, references);
        for (const std::string& reference : references)
            EXPECT_TRUE(document.contains(Json::json_pointer(reference.substr(1)))) << reference;
    }
}

TEST(Documents, AreTheSameEachTime) {
    const auto all = domain::all_aggregates();
    EXPECT_EQ(openapi(all, installation), openapi(domain::all_aggregates(), installation));
    EXPECT_EQ(asyncapi(all, installation), asyncapi(domain::all_aggregates(), installation));
}

}  // namespace
}  // namespace gateway::contracts
