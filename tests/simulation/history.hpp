#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace simulation {

/// A request that a client made, once or again.
struct Request {
    std::string user{};
    std::string key{};
    std::string category{};
    std::string entity{};
    std::string name{};
    std::string body{};
    /// Versions, at one of which it is to find its stream; none of them: at any but 0.
    std::optional<std::set<std::int64_t>> expected{};
    std::string claims = "{}";  ///< of the user's token
    friend bool operator==(const Request&, const Request&) = default;
};

/// A place in the event log, as a client had it from an `id:` or a 202; a follower's is in its
/// aggregate.
struct Place {
    std::int64_t incarnation = 0;
    std::int64_t position = 0;  ///< a follower's: version
    friend bool operator==(const Place&, const Place&) = default;
};

/// What a client got for one.
struct Reply {
    std::size_t request = 0;  ///< index in History::requests
    int status = 0;
    std::string command_id{};  ///< of a 202
    Place cursor{};            ///< of a 202: its events lie after it
};

/// What a client was told when it asked for a command by its id.
struct Status {
    std::string command_id{};
    std::string status{};
    std::size_t known = 0;  ///< how much of History::statuses was there when it asked
};

/// What a client got on its event stream, over all its connections.
struct Shown {
    std::size_t stream = 0;  ///< index in History::streams
    enum class Kind { ready, reset, snapshot, event } kind = Kind::event;
    Place place{};
    std::string event_id{};  ///< of a snapshot: of its last event
    // Of an event:
    std::string type{};
    std::string command_id{};
    std::string entity{};
    std::int64_t version = 0;
    bool last = false;
    std::string data{};
    std::string cloud_event{};  ///< as it was sent
};

/// One client that keeps its last id.
struct Stream {
    std::string user{};
    std::optional<Place> from{};  ///< what it began with
    // What it follows; else it is the user's own stream.
    std::string category{};
    std::string entity{};

    bool follows() const { return !category.empty(); }
};

struct CommandRow {
    std::int64_t position = 0;
    std::string id{};
    Request request;                 ///< its key is not stored
    std::int64_t events_before = 0;  ///< at least so many were there when it was accepted
    std::string causation{};         ///< the failed command that it retries
};

/// A failed command as its operator sees it.
struct DeadLetterRow {
    std::string command_id{};
    std::string reason{};
    std::string retried_as{};
};

struct EventRow {
    std::int64_t position = 0;
    std::string id{};
    std::string user{};
    std::string category{};
    std::string entity{};
    std::int64_t version = 0;
    std::string type{};
    std::string data{};
    std::string command_id{};
    std::int64_t command_position = 0;
    bool last = false;
    std::vector<std::string> hears{};  ///< other users
};

/// A record of a command or event, as a topic holds it in the end.
struct RecordRow {
    std::string topic{};
    std::int64_t position = 0;
};

/// A command that a gateway has let in.
struct LetIn {
    std::string gateway{};  ///< one life of it
    std::string user{};
    std::int64_t bytes = 0;
    std::int64_t at_ms = 0;
};

/// What one user may have of a gateway; none if it is 0 a second.
struct Limit {
    std::int64_t per_s = 0;
    std::int64_t at_once = 0;
};

/// All that clients did and saw, and what the store holds when everything has come to rest.
struct History {
    std::vector<Request> requests;
    std::vector<Reply> replies;
    std::vector<Status> statuses;
    std::vector<Stream> streams;
    std::vector<Shown> shown;
    std::vector<std::string> notes;  ///< the types of what came without an id
    std::vector<CommandRow> commands;
    std::vector<EventRow> events;
    std::vector<DeadLetterRow> dead_letters;

    std::vector<LetIn> let_in;  ///< in the order in which it was
    Limit commands_of_user;
    Limit bytes_of_user;

    /// Empty if the broker has lost records, or was not sent all: then nothing is promised of it.
    std::vector<RecordRow> records;
    bool broker_lost_records = false;

    /// Of the log, in the end. Above 1: a backup was restored, and what was committed between that
    /// backup and its return is lost.
    std::int64_t incarnation = 1;
    std::size_t replies_before_restore = 0;
    std::size_t statuses_before_restore = 0;
};

}  // namespace simulation
