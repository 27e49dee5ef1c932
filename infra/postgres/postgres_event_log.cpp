#include "infra/postgres/postgres_event_log.hpp"

#include "domain/kernel/lines.hpp"
#include "infra/postgres/array_text.hpp"
#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

#include <map>
#include <sstream>

namespace infra::postgres {
namespace {

const Statement append_events{
    "append_events",
    "select kind, head, refused, held from append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
    " $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)"};

const Statement read_head{
    "read_head",
    "select l.incarnation,"
    " greatest(l.floor, (select e.position from events e order by e.position desc limit 1))"
    " from logs l where l.name = 'events'"};

const Statement read_events{
    "read_events",
    "select" + event_columns + "from events e where e.position > $1 order by e.position limit $2"};

const Statement read_recipients{
    "read_recipients",
    "select r.position, r.recipient from event_recipients r"
    " where r.position >= $1 and r.position <= $2 order by r.position, r.recipient"};

/// Versions are dense, so how many events lie before each stream's own is known without reading
/// them, and no more than `limit` are read however long the streams are.
const Statement read_streams_after{
    "read_streams_after",
    "select" + event_columns +
        R"(from (
            select s.*, coalesce(sum(s.head - s.after) over (
                order by s.n rows between unbounded preceding and 1 preceding
            ), 0)::bigint as before
            from (
                select b.*, greatest(b.after, (
                    select h.version from events h
                    where h.category = b.category and h.entity = b.entity
                    order by h.version desc limit 1
                )) as head
                from unnest($1::text[], $2::text[], $3::bigint[])
                    with ordinality as b (category, entity, after, n)
            ) s
        ) s
        join events e on e.category = s.category and e.entity = s.entity
            and e.version > s.after and e.version <= s.after + $4::bigint - s.before
        order by s.n, e.version)"};

const Statement read_events_of_user{"read_events_of_user", "select" + event_columns + R"(from (
        (select u.position from events u where u.subject = $1 and u.issuer = $2
            and u.position > $4 and u.position <= $5 order by u.position limit $6)
        union
        (select r.position from event_recipients r where r.recipient = $3
            and r.position > $4 and r.position <= $5 order by r.position limit $6)
        order by position limit $6
    ) p join events e on e.position = p.position order by e.position)"};

const Statement read_events_of_command{
    "read_events_of_command",
    "select" + event_columns + "from events e where e.command_position = $1 order by e.position"};

/// The streams of a batch, each once, with the version that the batch builds on.
class Streams {
  public:
    void add(const domain::EventEnvelope& event) {
        const auto [known, added] = numbers_.try_emplace(event.stream, ids_.size());
        if (added) {
            ids_.push_back(event.stream);
            bases_.push_back(event.version.value - 1);
            nexts_.push_back(event.version.value);
        }
        // A stream whose events do not follow each other builds on no version at all.
        if (event.version.value != nexts_[known->second]++) bases_[known->second] = -1;
    }

    const std::vector<domain::StreamId>& ids() const { return ids_; }
    const std::vector<std::int64_t>& bases() const { return bases_; }

  private:
    std::map<domain::StreamId, std::size_t> numbers_;
    std::vector<domain::StreamId> ids_;
    std::vector<std::int64_t> bases_;
    std::vector<std::int64_t> nexts_;
};

/// The elements of an array of texts.
std::vector<std::string> texts(const pqxx::field& array) {
    std::vector<std::string> elements;
    auto parser = array.as_array();
    for (auto part = parser.get_next(); part.first != pqxx::array_parser::done;
         part = parser.get_next())
        if (part.first == pqxx::array_parser::string_value) elements.push_back(part.second);
    return elements;
}

/// The elements that an array of numbers from 1 names.
template <class Element, class Source>
std::vector<Element> named(
    const pqxx::field& numbers,
    const std::vector<Source>& all,
    Element (*element)(const Source&)
) {
    std::vector<Element> elements;
    for (const std::string& number : texts(numbers))
        elements.push_back(element(all.at(std::stoul(number) - 1)));
    return elements;
}

domain::Taken taken(const pqxx::field& held) {
    domain::Taken taken;
    for (const std::string& holding : texts(held)) {
        std::istringstream lines(holding);
        domain::ReservedKey key;
        std::string entity;
        for (std::string* line : {&key.category, &key.scope, &key.key, &entity})
            std::getline(lines, *line);
        taken.holders.set(std::move(key), std::move(entity));
    }
    return taken;
}

domain::CommandPartition partition_of(const domain::ProgressMove& move) { return move.partition; }

domain::StreamId itself(const domain::StreamId& stream) { return stream; }

}  // namespace

domain::AppendResult PostgresEventLog::append(const domain::EventBatch& batch) {
    ArrayText move_categories, move_partitions, move_epochs, move_froms, move_tos;
    for (const auto& move : batch.moves) {
        move_categories.add(move.partition.category);
        move_partitions.add(std::int64_t{move.partition.partition});
        move_epochs.add(move.epoch.value);
        move_froms.add(move.from.value);
        move_tos.add(move.to.value);
    }
    Streams streams;
    ArrayText categories, entities, versions, types, datas, times, command_ids, command_positions,
        ordinals, lasts, recipients;
    ArrayText key_events, key_takes, key_scopes, keys;
    std::int64_t number = 0;
    for (const auto& event : batch.events) {
        streams.add(event);
        categories.add(event.stream.category);
        entities.add(event.stream.entity);
        versions.add(event.version.value);
        types.add(event.type);
        datas.add(event.data);
        times.add(microseconds_of(event.time));
        command_ids.add(event.command_id);
        command_positions.add(event.command_position.value);
        ordinals.add(std::int64_t{event.ordinal});
        lasts.add(event.last);
        recipients.add(domain::lines_of(event.hears));
        ++number;
        for (const auto& change : event.keys) {
            key_events.add(number);
            key_takes.add(change.what == domain::KeyChange::What::takes);
            key_scopes.add(change.scope);
            keys.add(change.key);
        }
    }
    ArrayText stream_categories, stream_entities, stream_versions;
    for (const auto& stream : streams.ids()) {
        stream_categories.add(stream.category);
        stream_entities.add(stream.entity);
    }
    for (const auto base : streams.bases()) stream_versions.add(base);

    const auto rows = connection_.session().run(
        append_events,
        std::move(move_categories).take(),
        std::move(move_partitions).take(),
        std::move(move_epochs).take(),
        std::move(move_froms).take(),
        std::move(move_tos).take(),
        std::move(stream_categories).take(),
        std::move(stream_entities).take(),
        std::move(stream_versions).take(),
        std::move(categories).take(),
        std::move(entities).take(),
        std::move(versions).take(),
        std::move(types).take(),
        std::move(datas).take(),
        std::move(times).take(),
        std::move(command_ids).take(),
        std::move(command_positions).take(),
        std::move(ordinals).take(),
        std::move(lasts).take(),
        std::move(recipients).take(),
        std::move(key_events).take(),
        std::move(key_takes).take(),
        std::move(key_scopes).take(),
        std::move(keys).take()
    );
    const pqxx::row answer = rows.front();
    const std::string kind = answer[0].c_str();
    if (kind == "fenced") return domain::Fenced{named(answer[2], batch.moves, partition_of)};
    if (kind == "taken") return taken(answer[3]);
    if (kind == "conflict") return domain::VersionConflict{named(answer[2], streams.ids(), itself)};
    return domain::Appended{{answer[1].as<std::int64_t>()}};
}

domain::Cursor PostgresEventLog::head() {
    const auto row = connection_.session().run(read_head).front();
    return {row[0].as<std::int64_t>(), {row[1].as<std::int64_t>()}};
}

std::vector<domain::EventEnvelope>
PostgresEventLog::read(domain::Position after, std::size_t limit) {
    auto events =
        all_of(connection_.session().run(read_events, after.value, limit_of(limit)), event_of);
    if (events.empty()) return events;
    // Dense positions: the row of an event is found by counting.
    const std::int64_t first = events.front().position.value;
    for (const auto& row :
         connection_.session().run(read_recipients, first, events.back().position.value))
        events.at(static_cast<std::size_t>(row[0].as<std::int64_t>() - first))
            .hears.emplace_back(row[1].c_str());
    return events;
}

std::vector<domain::EventEnvelope>
PostgresEventLog::read_streams(std::span<const domain::StreamCursor> streams, std::size_t limit) {
    ArrayText categories, entities, afters;
    for (const auto& [stream, after] : streams) {
        categories.add(stream.category);
        entities.add(stream.entity);
        afters.add(after.value);
    }
    return all_of(
        connection_.session().run(
            read_streams_after,
            std::move(categories).take(),
            std::move(entities).take(),
            std::move(afters).take(),
            limit_of(limit)
        ),
        event_of
    );
}

std::vector<domain::EventEnvelope> PostgresEventLog::read_user(
    const std::string& user,
    domain::Position after,
    domain::Position up_to,
    std::size_t limit
) {
    const domain::Issuer who = domain::user_of(user);
    return all_of(
        connection_.session().run(
            read_events_of_user,
            who.subject,
            who.token_issuer,
            user,
            after.value,
            up_to.value,
            limit_of(limit)
        ),
        event_of
    );
}

std::vector<domain::EventEnvelope> PostgresEventLog::read_command(domain::Position command_position
) {
    return all_of(
        connection_.session().run(read_events_of_command, command_position.value), event_of
    );
}

}  // namespace infra::postgres
