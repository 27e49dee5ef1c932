#include "services/operations/what_if_patch.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/uuid.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace services::operations {
namespace {

using Json = nlohmann::ordered_json;

/// Within which the ids of inserted commands are made: no user's.
constexpr std::string_view nobody = "00000000-0000-0000-0000-000000000000";

/// A line of it, or a part of one.
class Entry {
  public:
    Entry(std::size_t line, const Json& json) : line_(line), json_(json) {
        if (!json.is_object()) refuse("is no JSON object");
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw domain::SetupError("line " + std::to_string(line_) + " of the patch " + what);
    }

    void take_only(std::initializer_list<std::string_view> names) const {
        for (const auto& [name, value] : json_.items())
            if (std::ranges::find(names, name) == names.end())
                refuse("has \"" + name + "\", which is not known here");
    }

    const Json* find(const char* name) const {
        const auto found = json_.find(name);
        return found == json_.end() ? nullptr : &*found;
    }

    const Json& get(const char* name) const {
        const Json* found = find(name);
        if (!found) refuse(std::string("lacks \"") + name + '"');
        return *found;
    }

    std::string text(const char* name) const {
        const Json& value = get(name);
        if (!value.is_string() || value.get_ref<const std::string&>().empty())
            refuse(std::string("has a \"") + name + "\" that is no text");
        return value.get<std::string>();
    }

  private:
    const std::size_t line_;
    const Json& json_;
};

/// What reads it line by line.
class Reader {
  public:
    Reader(domain::CommandLog& commands, std::span<const domain::AggregatePtr> aggregates)
        : commands_(commands), aggregates_(aggregates) {}

    void read(std::size_t number, const std::string& line) {
        const Json json = Json::parse(line, nullptr, false);
        const Entry entry(number, json);
        entry.take_only({"remove", "insert"});
        if (entry.find("remove") && entry.find("insert"))
            entry.refuse("has both \"remove\" and \"insert\": give each a line");
        if (entry.find("remove")) {
            patch_.removed.push_back(found(entry, entry.text("remove")));
        } else {
            insert(number, Entry(number, entry.get("insert")));
        }
    }

    Patch take() && {
        std::ranges::stable_sort(patch_.inserted, {}, &InsertedCommand::after);
        return std::move(patch_);
    }

  private:
    domain::StoredCommand found(const Entry& entry, const std::string& id) const {
        auto command = commands_.find(id);
        if (!command) entry.refuse("names a command that is not stored: " + id);
        return *std::move(command);
    }

    domain::Position position_of(const Entry& entry) const {
        const Json& after = entry.get("after");
        if (after.is_string()) return found(entry, after.get<std::string>()).position;
        if (!after.is_number_unsigned())
            entry.refuse("has an \"after\" that is neither a position nor the id of a command");
        return {after.get<std::int64_t>()};
    }

    void insert(std::size_t number, const Entry& entry) {
        entry.take_only({"after", "category", "entity", "name", "data", "user", "issuer", "claims"}
        );
        InsertedCommand inserted{position_of(entry), {}};
        domain::CommandEnvelope& command = inserted.command;
        command.stream = {entry.text("category"), entry.text("entity")};
        command.name = entry.text("name");
        command.data = entry.get("data").dump();
        command.issuer.subject = entry.text("user");
        if (entry.find("issuer")) command.issuer.token_issuer = entry.text("issuer");
        if (const Json* claims = entry.find("claims")) {
            if (!claims->is_object()) entry.refuse("has \"claims\" that are no object");
            command.issuer.claims = claims->dump();
        }
        check(entry, command);
        // So that it is the same each time.
        const std::string name = "what-if " + std::to_string(number);
        command.id = command.correlation_id = domain::named_uuid(nobody, name);
        command.time = time_at(inserted.after);
        patch_.inserted.push_back(std::move(inserted));
    }

    void check(const Entry& entry, const domain::CommandEnvelope& command) const {
        const auto* aggregate = domain::find_aggregate(aggregates_, command.stream.category);
        if (!aggregate)
            entry.refuse("is of " + command.stream.category + ", which this build has not");
        const auto no = aggregate->check(command.name, command.data);
        if (!no) return;
        std::string why = no->message;
        for (const auto& error : no->errors) why += ' ' + error.location + ": " + error.message;
        entry.refuse("is no command of " + command.stream.category + ": " + why);
    }

    domain::Timestamp time_at(domain::Position after) const {
        const auto at = commands_.read({std::max<std::int64_t>(after.value - 1, 0)}, 1);
        return at.empty() ? domain::Timestamp{} : at.front().command.time;
    }

    domain::CommandLog& commands_;
    const std::span<const domain::AggregatePtr> aggregates_;
    Patch patch_;
};

}  // namespace

Patch read_patch(
    std::istream& lines,
    domain::CommandLog& commands,
    std::span<const domain::AggregatePtr> aggregates
) {
    Reader reader(commands, aggregates);
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number)
        if (line.find_first_not_of(" \t\r") != line.npos) reader.read(number, line);
    return std::move(reader).take();
}

}  // namespace services::operations
