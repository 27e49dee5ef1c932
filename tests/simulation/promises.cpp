#include "tests/simulation/promises.hpp"

#include "tests/simulation/bank.hpp"
#include "tests/simulation/dead_letter_promises.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

namespace simulation {
namespace {

class Check {
  public:
    explicit Check(const History& history) : history_(history) {
        for (const auto& command : history.commands) commands_[command.id] = &command;
        for (const auto& event : history.events) {
            caused_[event.command_id].push_back(&event);
            of_user_[event.user].push_back(&event);
            for (const std::string& user : event.hears) of_user_[user].push_back(&event);
            of_aggregate_[event.category + '/' + event.entity].push_back(&event);
        }
    }

    std::vector<Broken> all() {
        dense();
        accepted_is_durable();
        one_key_one_command();
        answered_once();
        for (auto& what : broken_dead_letters(history_)) broken("dead letters", std::move(what));
        told_when_asked();
        effects();
        unique();
        streams();
        limits();
        notifications();
        if (!history_.broker_lost_records) topics();
        return std::move(broken_);
    }

  private:
    void broken(std::string promise, std::string what) {
        broken_.push_back({std::move(promise), std::move(what)});
    }

    void dense() {
        std::int64_t position = 0;
        for (const auto& command : history_.commands) {
            if (command.position != ++position) return broken("one order", "a hole in commands");
        }
        position = 0;
        std::map<std::string, std::int64_t> versions;
        for (const auto& event : history_.events) {
            if (event.position != ++position) return broken("one order", "a hole in events");
            if (event.version != ++versions[event.category + '/' + event.entity])
                broken("one order", "a hole in the versions of " + event.entity);
        }
    }

    static std::string name(const Request& request) {
        return request.user + "'s " + request.key + " (" + request.name + ' ' + request.category +
               '/' + request.entity + ")";
    }

    void accepted_is_durable() {
        for (std::size_t i = 0; i < history_.replies.size(); ++i) {
            const Reply& reply = history_.replies[i];
            if (reply.status != 202) continue;
            const Request& request = history_.requests[reply.request];
            const bool may_be_lost = i < history_.replies_before_restore;
            const auto found = commands_.find(reply.command_id);
            if (found == commands_.end()) {
                if (!may_be_lost)
                    broken("accepted is durable", name(request) + " got 202 and is not stored");
                continue;
            }
            Request stored = found->second->request;
            stored.key = request.key;
            if (stored != request && !may_be_lost)
                broken("accepted is durable", name(request) + " is stored as " + name(stored));
            for (const EventRow* event : caused_[reply.command_id]) {
                if (reply.cursor.incarnation == history_.incarnation &&
                    event->position <= reply.cursor.position)
                    broken("no event is missed", "cursor of " + name(request) + " is behind it");
            }
        }
    }

    void one_key_one_command() {
        std::map<std::pair<std::string, std::string>, const Reply*> first;
        std::set<std::string> told;
        std::map<std::pair<std::string, std::string>, std::vector<const Request*>> of_key;
        for (const auto& request : history_.requests) {
            auto& same = of_key[{request.user, request.key}];
            if (same.empty() || *same.front() != request) same.push_back(&request);
        }
        for (const auto& reply : history_.replies) {
            const Request& request = history_.requests[reply.request];
            if (reply.status == 422 && of_key[{request.user, request.key}].size() == 1)
                broken("nothing twice", name(request) + " is refused as another request");
            if (reply.status != 202) continue;
            told.insert(reply.command_id);
            const Reply*& known = first[{request.user, request.key}];
            if (!known) known = &reply;
            const bool same_life = known->cursor.incarnation == reply.cursor.incarnation;
            if (known->command_id != reply.command_id ||
                (same_life && known->cursor != reply.cursor))
                broken("nothing twice", name(request) + " got two different 202s");
        }
        std::set<std::string> ids;
        for (const auto& command : history_.commands) {
            if (!ids.insert(command.id).second)
                broken("nothing twice", command.id + " is stored twice");
            if (!told.contains(command.id) && command.causation.empty())
                broken("nothing twice", command.id + " is stored, and no client was told");
        }
    }

    void answered_once() {
        for (const auto& command : history_.commands) {
            const auto& events = caused_[command.id];
            const auto answers =
                std::ranges::count_if(events, [](const auto* event) { return event->last; });
            if (answers != 1 || !events.back()->last)
                broken(
                    "answered exactly once",
                    name(command.request) + " at " + std::to_string(command.position) + " has " +
                        std::to_string(answers) + " answers"
                );
        }
    }

    /// Pending, and then for ever what the command came to.
    void told_when_asked() {
        std::map<std::string, std::size_t> told;  // where it was first told as final
        for (auto i = history_.statuses_before_restore; i < history_.statuses.size(); ++i) {
            const auto& [id, status, known] = history_.statuses[i];
            const auto& events = caused_[id];
            const bool outcome = !events.empty() && events[0]->category == "$command";
            const std::string final = outcome ? events[0]->type : "applied";
            const auto first = told.find(id);
            const bool may_be_pending = first == told.end() || first->second >= known;
            if (status != final && !(status == "pending" && may_be_pending))
                broken("answered exactly once", id + " is told as " + status + ", not " + final);
            if (status == final) told.try_emplace(id, i);
        }
    }

    /// Carries out all commands in their order, and compares.
    void effects() {
        Bank bank;
        std::map<std::string, std::int64_t> before;
        for (const auto& command : history_.commands) {
            const auto& events = caused_[command.id];
            const bool taken = !events.empty() && is_taken(*events.front());
            const Expected expected = bank.carry_out(command.request, taken);
            std::vector<std::string> types;
            for (const auto* event : events) {
                types.push_back(event->type);
                if (event->user != command.request.user)
                    broken("nothing twice", "an event has another user than its command");
                const bool outcome = event->category == "$command";
                if (outcome != expected.outcome) types.back() += " in the wrong stream";
                if (outcome && !expected.code.empty() &&
                    event->data.find('"' + expected.code + '"') == std::string::npos)
                    broken("nothing stops another", name(command.request) + ": " + event->data);
                if (outcome) continue;
                if (event->data != expected.data) types.back() += " with other data";
                if (event->hears != expected.hears) types.back() += " heard by others";
                auto& last = before[event->category + '/' + event->entity];
                if (event->position < last) types.back() += " out of order";
                last = event->position;
            }
            if (types == expected.types) continue;
            std::string what =
                name(command.request) + " at " + std::to_string(command.position) + " came to [";
            for (const auto& type : types) what += ' ' + type;
            what += " ] instead of [";
            for (const auto& type : expected.types) what += ' ' + type;
            broken("nothing twice", what + " ]");
        }
    }

    static bool is_taken(const EventRow& event) {
        return event.category == "$command" && event.data.find(R"("taken")") != std::string::npos;
    }

    /// At no position of the log two members have one e-mail; and who was told that it is taken was
    /// so while another had it.
    void unique() {
        struct Had {
            std::string entity;
            std::int64_t until;  ///< the event that freed it
        };
        constexpr std::int64_t now = std::numeric_limits<std::int64_t>::max();
        std::map<std::string, std::vector<Had>> all;
        std::map<std::string, std::string> emails;
        const auto wanted = [](const std::string& json) { return json.substr(0, json.rfind('"')); };
        for (const auto& event : history_.events) {
            const auto refused = commands_.find(event.command_id);
            if (is_taken(event) && refused != commands_.end()) {
                const Request& request = refused->second->request;
                const std::int64_t before = refused->second->events_before;
                const auto held = [&](const Had& had) {
                    return had.entity != request.entity && had.until > before;
                };
                if (!std::ranges::any_of(all[wanted(request.body)], held))
                    broken("unique", name(request) + " is refused what nobody had");
            }
            if (event.category != "member") continue;
            std::string& own = emails[event.entity];
            if (!own.empty()) all[own].back().until = event.position;
            own = event.type == "left" ? std::string() : wanted(event.data);
            if (own.empty()) continue;
            auto& had = all[own];
            if (!had.empty() && had.back().until == now)
                broken("unique", own + " is of two at " + std::to_string(event.position));
            had.push_back({event.entity, now});
        }
    }

    /// A stream goes on event by event. Only another incarnation of the log may make it begin anew,
    /// and does.
    void streams() {
        std::vector<std::optional<Place>> at;
        for (const auto& stream : history_.streams) at.push_back(stream.from);
        std::set<std::size_t> wrong;  // what comes after the first fault says nothing
        const auto fault = [&](std::size_t stream, const std::string& what) {
            if (wrong.insert(stream).second)
                broken(
                    "no event is missed",
                    "stream " + std::to_string(stream) + " of " + history_.streams[stream].user +
                        ": " + what
                );
        };
        for (const auto& shown : history_.shown) {
            auto& place = at[shown.stream];
            const std::string position = std::to_string(shown.place.position);
            const bool anew = shown.kind != Shown::Kind::event;
            if (place && anew != (place->incarnation < shown.place.incarnation))
                fault(
                    shown.stream,
                    (anew ? "begins anew at " : "goes on in another log at ") + position
                );
            // What was shown of a log that is gone cannot be compared any more.
            const bool comparable = shown.place.incarnation == history_.incarnation;
            if (!anew && comparable) {
                const EventRow* next = next_of(shown.stream, place);
                if (!next) {
                    fault(shown.stream, "shows " + position + ", and nothing was due");
                } else if (!same(*next, shown)) {
                    const std::string due = std::to_string(place_in(shown.stream, *next));
                    fault(shown.stream, "shows " + position + " instead of " + due);
                }
            }
            if (shown.kind == Shown::Kind::snapshot && comparable && !is_of_store(shown))
                fault(shown.stream, "begins with what is not stored, at " + position);
            place = shown.place;
        }
        for (std::size_t i = 0; i < at.size(); ++i) {
            const bool nothing_there = history_.streams[i].follows() && events_of(i).empty();
            if (nothing_there) continue;
            if (!at[i] || at[i]->incarnation != history_.incarnation) {
                fault(i, "never began");
            } else if (const EventRow* next = next_of(i, at[i])) {
                fault(i, "never shows " + std::to_string(place_in(i, *next)));
            }
        }
    }

    /// Nobody sends any of another type: it would be a relay's record that somebody has changed.
    void notifications() {
        for (const std::string& type : history_.notes) {
            if (type != "note") broken("trust", type + " is shown without its place in the log");
        }
    }

    /// Every command and event has reached its topics, for whoever else reads them.
    void topics() {
        std::set<std::pair<std::string, std::int64_t>> there;
        for (const auto& record : history_.records) there.insert({record.topic, record.position});
        const auto expect = [&](const std::string& topic, std::int64_t position) {
            if (!there.contains({topic, position}))
                broken("all is relayed", topic + " lacks " + std::to_string(position));
        };
        for (const auto& command : history_.commands) {
            if (command.request.category == "gone") continue;  // no relay knows its topic
            expect("commands." + command.request.category, command.position);
        }
        for (const auto& event : history_.events) {
            expect("replies", event.position);
            if (event.category != "$command") expect("events." + event.category, event.position);
            if (event.category == "$command" && event.type == "failed")
                expect("dead-letters", event.position);
        }
    }

    void limits() {
        std::map<std::pair<std::string, std::string>, std::vector<const LetIn*>> of;
        for (const LetIn& one : history_.let_in) of[{one.gateway, one.user}].push_back(&one);
        for (const auto& [key, all] : of) {
            const auto number = [](const LetIn&) { return std::int64_t{1}; };
            const auto bytes = [](const LetIn& one) { return one.bytes; };
            if (more_than(history_.commands_of_user, all, number))
                broken("everything has a limit", key.second + " sent more commands than it may");
            if (more_than(history_.bytes_of_user, all, bytes))
                broken("everything has a limit", key.second + " sent more bytes than it may");
        }
    }

    /// Is there a time in which two or more were together more than what it brings and a burst? One
    /// that is more than a burst by itself is let in where nothing is owed.
    template <class Cost>
    static bool more_than(const Limit& limit, const std::vector<const LetIn*>& all, Cost cost) {
        if (limit.per_s == 0) return false;
        for (std::size_t first = 0; first < all.size(); ++first) {
            std::int64_t sum = cost(*all[first]);
            for (std::size_t next = first + 1; next < all.size(); ++next) {
                sum += cost(*all[next]);
                const std::int64_t brought =
                    limit.per_s * (all[next]->at_ms - all[first]->at_ms) / 1'000 + 1;
                if (sum > std::max(limit.at_once, cost(*all[next])) + brought) return true;
            }
        }
        return false;
    }

    const std::vector<const EventRow*>& events_of(std::size_t stream) {
        const Stream& of = history_.streams[stream];
        return of.follows() ? of_aggregate_[of.category + '/' + of.entity] : of_user_[of.user];
    }

    std::int64_t place_in(std::size_t stream, const EventRow& event) const {
        return history_.streams[stream].follows() ? event.version : event.position;
    }

    const EventRow* next_of(std::size_t stream, const std::optional<Place>& place) {
        if (!place) return nullptr;
        const auto& events = events_of(stream);
        const std::int64_t after = place->position;
        const auto next = std::ranges::upper_bound(events, after, {}, [&](const EventRow* event) {
            return place_in(stream, *event);
        });
        return next == events.end() ? nullptr : *next;
    }

    bool is_of_store(const Shown& snapshot) {
        const auto& events = events_of(snapshot.stream);
        const auto version = static_cast<std::size_t>(snapshot.place.position);
        return version > 0 && version <= events.size() &&
               events[version - 1]->id == snapshot.event_id;
    }

    /// A follower is not told what concerns the sender alone.
    bool same(const EventRow& event, const Shown& shown) const {
        const bool follows = history_.streams[shown.stream].follows();
        const auto stored = std::tuple(
            place_in(shown.stream, event),
            event.id,
            event.type,
            follows ? std::string() : event.command_id,
            event.entity,
            event.version,
            !follows && event.last
        );
        const auto seen = std::tie(
            shown.place.position,
            shown.event_id,
            shown.type,
            shown.command_id,
            shown.entity,
            shown.version,
            shown.last
        );
        return stored == seen && (!follows || event.data == shown.data);
    }

    const History& history_;
    std::map<std::string, const CommandRow*> commands_;
    std::map<std::string, std::vector<const EventRow*>> caused_;
    std::map<std::string, std::vector<const EventRow*>> of_user_;
    std::map<std::string, std::vector<const EventRow*>> of_aggregate_;
    std::vector<Broken> broken_;
};

}  // namespace

std::vector<Broken> broken_promises(const History& history) { return Check(history).all(); }

}  // namespace simulation
