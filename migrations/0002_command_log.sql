-- Every command ever accepted, in one dense order: 202 is a promise, and this is where it is kept.
create table commands (
    position bigint primary key,
    id uuid not null unique,
    fingerprint text not null,
    category text collate "C" not null,
    entity text collate "C" not null,
    entity_hash integer not null,  -- murmur2 as Kafka takes it; % partitions is the partition
    name text collate "C" not null,
    data text not null,  -- JSON, byte for byte as it came
    subject text collate "C" not null,
    claims text not null,
    correlation_id text not null,
    trace_parent text not null,
    expected_version bigint,
    cursor_incarnation bigint not null,  -- the head of the event log before this command
    cursor_position bigint not null,
    time timestamptz not null
);

-- Appends a batch, in its order, and answers each in its place. One call is one transaction.
--
-- The lock comes first and is held until the commit, so the order of positions is the order in
-- which they become visible, and a roll-back burns none. What follows reads in statements of its
-- own: under READ COMMITTED each statement of a volatile function sees everything committed before
-- it began, also what was committed while this call waited for the lock.
create function append_commands(
    ids uuid[],
    fingerprints text[],
    categories text[],
    entities text[],
    entity_hashes integer[],
    names text[],
    datas text[],
    subjects text[],
    all_claims text[],
    correlation_ids text[],
    trace_parents text[],
    expected_versions bigint[],
    times_us bigint[]
) returns table (
    kind text, log_position bigint, cursor_incarnation bigint, cursor_position bigint,
    correlation_id text
)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    head bigint;
    events_incarnation bigint;
    events_head bigint;
begin
    perform pg_advisory_xact_lock(hashtext('antiphon.commands'));
    select greatest(l.floor, (select c.position from commands c order by c.position desc limit 1))
        into head from logs l where l.name = 'commands';
    select l.incarnation,
        greatest(l.floor, (select e.position from events e order by e.position desc limit 1))
        into events_incarnation, events_head from logs l where l.name = 'events';

    insert into commands
    select head + row_number() over (order by b.n), b.id, b.fingerprint, b.category, b.entity,
        b.entity_hash, b.name, b.data, b.subject, b.claims, b.correlation_id, b.trace_parent,
        b.expected_version, events_incarnation, events_head,
        timestamptz 'epoch' + b.time_us * interval '1 microsecond'
    from (
        select distinct on (u.id) u.* from unnest(
            ids, fingerprints, categories, entities, entity_hashes, names, datas, subjects,
            all_claims, correlation_ids, trace_parents, expected_versions, times_us
        ) with ordinality as u (
            id, fingerprint, category, entity, entity_hash, name, data, subject,
            claims, correlation_id, trace_parent, expected_version, time_us, n
        )
        order by u.id, u.n
    ) b
    where not exists (select from commands c where c.id = b.id);

    return query
    select
        case
            when c.fingerprint <> b.fingerprint then 'mismatched'
            when c.position > head and row_number() over (partition by b.id order by b.n) = 1
                then 'accepted'
            else 'repeated'
        end,
        c.position, c.cursor_incarnation, c.cursor_position, c.correlation_id
    from unnest(ids, fingerprints) with ordinality as b (id, fingerprint, n)
    join commands c on c.id = b.id
    order by b.n;
end
$$;
